/** Results in the formats of other tools. */
package io.sluice.compare.export;
