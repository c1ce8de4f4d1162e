/** The runner of the jcstress tests of docs/ORDERING.md, and the fixtures that they share. */
package io.sluice.stress;
