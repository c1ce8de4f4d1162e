/**
 * What an end of a pipe is made of: being attached, knowing who else is, finding the lanes, and
 * waiting.
 */
package io.sluice.end;
