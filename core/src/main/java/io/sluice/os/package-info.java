/**
 * System calls by name. The only package that knows a call's number, a flag's value or a struct's
 * layout; it knows nothing of pipes.
 */
package io.sluice.os;
