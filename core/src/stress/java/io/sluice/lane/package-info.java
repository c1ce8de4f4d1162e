/** The orderings of lanes. */
package io.sluice.lane;
