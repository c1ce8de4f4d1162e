/**
 * Memory that two ends share, behind one interface: mapped for processes, on the heap for model
 * checkers and crash injection.
 */
package io.sluice.memory;
