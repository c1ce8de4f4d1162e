/**
 * The statistics that the launches of a cell support. The unit of replication is a launch, a fresh
 * pair of processes: memory layout, compilation and placement vary between launches more than
 * within one.
 */
package io.sluice.compare.stats;
