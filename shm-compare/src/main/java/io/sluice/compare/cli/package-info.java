/** The command line: one class per verb. */
package io.sluice.compare.cli;
