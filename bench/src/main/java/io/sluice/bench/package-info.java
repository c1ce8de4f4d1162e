/**
 * JMH benchmarks of Sluice beside its peers. A registry of subjects for bytes ({@link
 * io.sluice.bench.ByteSubjects}), one for several senders ({@link io.sluice.bench.FanInSubjects})
 * and one for objects ({@link io.sluice.bench.ObjectSubjects}); one class per benchmark, and two
 * that measure what the hardware allows ({@link io.sluice.bench.Floor}, {@link
 * io.sluice.bench.BulkHandOver}).
 */
package io.sluice.bench;
