/**
 * What can honestly be said from the launches of a cell. The unit of replication is a launch, a
 * fresh pair of processes: memory layout, compilation and placement vary between launches more than
 * within one.
 */
package io.sluice.compare.stats;
