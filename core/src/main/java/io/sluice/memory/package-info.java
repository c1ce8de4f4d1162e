/**
 * Memory that two ends share, behind one interface: mapped for processes, on the heap for model
 * checkers and crash injection; the parts of a ring ({@link io.sluice.memory.RingMemory}); and what
 * happens when a mapped file is cut off ({@link io.sluice.memory.MappingFault}).
 */
package io.sluice.memory;
