package io.sluice.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.MailboxSpec;
import io.sluice.Proof;
import io.sluice.queue.MailboxFlavors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.testng.ITestResult;
import org.testng.TestListenerAdapter;
import org.testng.TestNG;

/**
 * Runs the TCK of Reactive Streams, which is written for TestNG, and fails as it does. Its skipped
 * tests are optional or cannot be verified; the number of passed tests of each kind is fixed here,
 * so that none is skipped unnoticed.
 */
@Timeout(300)
class FlowTckTest {
    @TempDir Path directory;

    /** Returns all mailboxes of the suites; outside a proof every third one. */
    static List<MailboxSpec> flavors() {
        List<MailboxSpec> all = MailboxFlavors.all();
        int step = Proof.size(3, 1);
        return IntStream.range(0, all.size())
                .filter(i -> i % step == 1 % step)
                .mapToObj(all::get)
                .toList();
    }

    @ParameterizedTest
    @CsvSource({
        "io.sluice.flow.PublisherTck, 26",
        "io.sluice.flow.SubscriberBlackboxTck, 11",
        "io.sluice.flow.SubscriberWhiteboxTck, 14"
    })
    void theTckPasses(Class<?> tck, int passedOfEach) {
        TestListenerAdapter results = new TestListenerAdapter();
        TestNG runner = new TestNG(false);
        runner.setVerbose(0);
        runner.setTestClasses(new Class<?>[] {tck});
        runner.setOutputDirectory(directory.toString());
        runner.addListener(results);
        runner.run();
        int passed = results.getPassedTests().size();
        System.out.println(
                tck.getSimpleName()
                        + ": "
                        + passed
                        + " passed, "
                        + results.getFailedTests().size()
                        + " failed, "
                        + results.getSkippedTests().size()
                        + " skipped, over "
                        + flavors().size()
                        + " flavors");
        Proof.FLOW_TCK.add(passed, "skipped " + results.getSkippedTests().size());
        assertEquals(List.of(), failures(results));
        for (ITestResult skipped : results.getSkippedTests()) {
            assertTrue(skipped.getName().matches("(untested|optional)_.*"), skipped::getName);
            String reason = skipped.getThrowable().getMessage();
            assertFalse(reason.contains("Reason for skipping was"), skipped.getName() + reason);
        }
        assertEquals(passedOfEach * flavors().size(), passed);
    }

    private static List<String> failures(TestListenerAdapter results) {
        List<ITestResult> failed = new ArrayList<>(results.getFailedTests());
        failed.addAll(results.getConfigurationFailures());
        List<String> failures = new ArrayList<>();
        for (ITestResult result : failed) {
            failures.add(result.getInstance() + "." + result.getName());
            result.getThrowable().printStackTrace();
        }
        return failures;
    }
}
