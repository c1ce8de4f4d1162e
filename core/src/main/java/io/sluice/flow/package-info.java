/**
 * The ends of a mailbox as the publisher and subscriber of {@link java.util.concurrent.Flow}, over
 * public types only. Reactive Streams' own test suite runs over both.
 */
package io.sluice.flow;
