package io.sluice.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.common.collect.testing.QueueTestSuiteBuilder;
import com.google.common.collect.testing.TestStringQueueGenerator;
import com.google.common.collect.testing.features.CollectionFeature;
import com.google.common.collect.testing.features.CollectionSize;
import io.sluice.Ends;
import io.sluice.Mailbox;
import io.sluice.MailboxSpec;
import io.sluice.Proof;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.function.Supplier;
import junit.framework.TestResult;
import junit.framework.TestSuite;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Guava's test suite for queues, over the JDK's queues and ours. */
@Timeout(60)
class GuavaQueueTest {
    private static final int TESTS = 227;

    static List<QueueSubject> subjects() {
        List<QueueSubject> subjects =
                new ArrayList<>(
                        QueueSubject.of(
                                MailboxFlavors.all().stream()
                                        .filter(GuavaQueueTest::fits)
                                        .toList()));
        subjects.removeIf(subject -> subject.queue().remainingCapacity() < 4);
        return subjects;
    }

    /** Guava's collections have 3 elements, and some tests add to them. */
    private static boolean fits(MailboxSpec spec) {
        return spec.capacity() >= 8;
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void theSuitePasses(QueueSubject subject) {
        theSuitePasses(subject.name(), subject::queue);
    }

    @Test
    void theSuitePassesOverAQueueOfJCTools() {
        theSuitePasses(
                "message queue",
                () ->
                        new MailboxMessageQueue<>(
                                Mailbox.create(MailboxSpec.bounded(8).receivers(Ends.MANY))));
    }

    private static void theSuitePasses(String name, Supplier<Queue<String>> maker) {
        TestSuite suite =
                QueueTestSuiteBuilder.using(
                                new TestStringQueueGenerator() {
                                    @Override
                                    protected Queue<String> create(String[] elements) {
                                        Queue<String> queue = maker.get();
                                        Collections.addAll(queue, elements);
                                        return queue;
                                    }
                                })
                        .named(name)
                        .withFeatures(
                                CollectionSize.ANY,
                                CollectionFeature.GENERAL_PURPOSE,
                                CollectionFeature.KNOWN_ORDER)
                        .createTestSuite();
        TestResult result = new TestResult();
        suite.run(result);
        List<String> failures = new ArrayList<>();
        result.failures().asIterator().forEachRemaining(f -> failures.add(f.toString()));
        result.errors().asIterator().forEachRemaining(f -> failures.add(f.toString()));
        System.out.println(
                "Guava's queue suite, " + name + ": " + result.runCount() + " tests run");
        assertEquals(List.of(), failures);
        assertEquals(TESTS, result.runCount());
        Proof.QUEUE_SUITE.add(result.runCount(), "");
    }
}
