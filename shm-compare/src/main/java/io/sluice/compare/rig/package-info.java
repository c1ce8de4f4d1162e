/**
 * The rig: two pinned processes, equal protocol for every mechanism, fresh processes for every
 * fork, seeded order, counters read inside the ends.
 */
package io.sluice.compare.rig;
