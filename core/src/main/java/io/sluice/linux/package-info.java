/**
 * System calls by name. The only package that contains call numbers, flag values and struct
 * layouts; it is independent of pipes.
 */
package io.sluice.linux;
