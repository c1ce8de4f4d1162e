/**
 * The statistics that the forks of a measurement support. The unit of replication is a fork, a
 * fresh pair of processes: memory layout, compilation and placement vary between forks more than
 * within one.
 */
package io.sluice.compare.stats;
