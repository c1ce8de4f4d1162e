/**
 * The command {@code sluice}: looks at pipes and nodes, sends, receives, calls, and checks the
 * machine. A class for each subcommand. Uses the public API of {@code io.sluice} only.
 *
 * <p>Three rules hold for all of them. What only looks uses a {@link io.sluice.PipeView}: read-only
 * mappings, no lock, no end. What receives finishes a message only when it is written. Each cause
 * of a failure has an exit status of its own, {@link io.sluice.cli.ExitStatus}.
 */
package io.sluice.cli;
