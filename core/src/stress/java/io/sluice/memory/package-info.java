/** Stress tests of release and acquire on mapped memory. */
package io.sluice.memory;
