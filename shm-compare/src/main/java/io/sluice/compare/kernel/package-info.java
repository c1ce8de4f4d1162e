/** The kernel's ways to pass messages, as direct system calls that are counted one by one. */
package io.sluice.compare.kernel;
