/**
 * Ours beside the peers, with JMH. A registry of subjects for bytes ({@link
 * io.sluice.bench.ByteSubjects}) and one for objects ({@link io.sluice.bench.ObjectSubjects}); one
 * class a question.
 */
package io.sluice.bench;
