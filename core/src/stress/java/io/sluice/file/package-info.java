/** The orderings of participants. */
package io.sluice.file;
