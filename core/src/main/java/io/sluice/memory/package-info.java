/**
 * Memory that two ends share, behind one small type: mapped for processes, on the heap for model
 * checkers and crash injection.
 */
package io.sluice.memory;
