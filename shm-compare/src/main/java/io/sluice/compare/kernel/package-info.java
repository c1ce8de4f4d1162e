/**
 * System calls that are counted one by one: {@link io.sluice.compare.kernel.Downcall} makes one,
 * the other classes are those that several mechanisms need, or that need much.
 */
package io.sluice.compare.kernel;
