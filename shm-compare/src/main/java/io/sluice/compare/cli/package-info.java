/** The command line: one class a verb. */
package io.sluice.compare.cli;
