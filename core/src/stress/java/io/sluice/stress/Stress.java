package io.sluice.stress;

import io.sluice.Proof;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.openjdk.jcstress.JCStress;
import org.openjdk.jcstress.Options;
import org.openjdk.jcstress.infra.Status;
import org.openjdk.jcstress.infra.TestInfo;
import org.openjdk.jcstress.infra.collectors.DiskReadCollector;
import org.openjdk.jcstress.infra.collectors.InProcessCollector;
import org.openjdk.jcstress.infra.collectors.TestResult;
import org.openjdk.jcstress.infra.grading.GradingResult;
import org.openjdk.jcstress.infra.grading.ReportUtils;
import org.openjdk.jcstress.infra.runners.ForkedTestConfig;
import org.openjdk.jcstress.infra.runners.ResourceEstimator;
import org.openjdk.jcstress.infra.runners.Runner;
import org.openjdk.jcstress.infra.runners.TestConfig;
import org.openjdk.jcstress.infra.runners.TestList;
import org.openjdk.jcstress.os.AffinityMode;
import org.openjdk.jcstress.os.NodeType;
import org.openjdk.jcstress.os.SchedulingClass;
import org.openjdk.jcstress.vm.CompileMode;

/**
 * The runner of the stress tests: it prints a line for each, and fails if a forbidden or unlisted
 * outcome occurred, if a test did not run, or if there is no test.
 *
 * <pre>
 *     java -cp … io.sluice.stress.Stress sanity|quick|full [regexp]
 * </pre>
 */
public final class Stress {
    /** jcstress keeps half as many states at a time as a {@link ObjectPool} has objects. */
    private static final int STRIDE_SIZE = 32;

    private static final int STRIDE_COUNT = ObjectPool.SIZE / 2 / STRIDE_SIZE;

    private static final String SANITY = "sanity";
    private static final String NATIVE_ACCESS = "--enable-native-access=ALL-UNNAMED";
    private static final String SERIAL = "-XX:+UseSerialGC";

    private final PrintStream out = System.out;
    private final Path log = Path.of("stress.log");
    private int failures;
    private long forbidden;

    private Stress() {}

    /**
     * Runs the tests and exits the JVM, with status 0 if nothing failed.
     *
     * @param args the mode and an optional regular expression for the tests
     * @throws Exception if jcstress cannot run
     */
    public static void main(String[] args) throws Exception {
        String mode = args.length > 0 ? args[0] : "quick";
        String tests = args.length > 1 ? args[1] : ".*";
        System.exit(new Stress().run(mode, tests) ? 0 : 1);
    }

    private boolean run(String mode, String tests) throws Exception {
        long start = System.nanoTime();
        Options options = new Options(arguments(mode, tests).toArray(new String[0]));
        List<TestResult> results = new ArrayList<>();
        Set<String> missing = new TreeSet<>();
        String thrown = null;
        // jcstress prints much, and writes its results into the working directory.
        try (PrintStream quiet = new PrintStream(Files.newOutputStream(log), true)) {
            System.setOut(quiet);
            if (!options.parse()) {
                throw new IllegalStateException("jcstress does not know these options");
            }
            if (mode.equals(SANITY)) {
                results.addAll(runInProcess(options, TestList.tests()));
            } else {
                JCStress jcstress = new JCStress(options);
                missing.addAll(jcstress.getTests());
                try {
                    jcstress.run();
                } catch (AssertionError e) {
                    thrown = e.getMessage();
                }
                if (Files.exists(Path.of(options.getResultFile()))) {
                    results.addAll(read(options.getResultFile()));
                }
                results.addAll(runInProcess(options, withMoreActorsThanProcessors(missing)));
            }
        } finally {
            System.setOut(out);
        }
        for (TestResult result : results) {
            missing.remove(result.getName());
        }
        ReportUtils.mergedByName(results).stream()
                .sorted((a, b) -> a.getName().compareTo(b.getName()))
                .forEach(this::print);
        // mergedByName drops the status of single forks.
        results.stream().filter(r -> r.status() != Status.NORMAL).forEach(this::printFailed);
        missing.forEach(name -> fail("did not run: " + name));
        if (results.isEmpty()) {
            fail("no test ran: " + tests);
        }
        if (thrown != null) {
            fail(thrown);
        }
        long tested = results.stream().map(TestResult::getName).distinct().count();
        out.printf(
                "stress: %d tests, %d failures, %d s; %s says more%n",
                tested,
                failures,
                (System.nanoTime() - start) / 1_000_000_000,
                log.toAbsolutePath());
        Proof.ORDERINGS.add(tested, "forbidden " + forbidden + ", failures " + failures);
        return failures == 0;
    }

    /** Returns the tests that jcstress leaves out: it gives each actor a processor of its own. */
    private static Set<String> withMoreActorsThanProcessors(Set<String> tests) {
        Set<String> left = new TreeSet<>(tests);
        int processors = Runtime.getRuntime().availableProcessors();
        left.removeIf(name -> TestList.getInfo(name).threads() <= processors);
        return left;
    }

    /**
     * Runs each test once in this JVM, without a processor for each actor. Starting a JVM for each
     * takes longer than the tests, if they are brief.
     */
    private static List<TestResult> runInProcess(Options options, Collection<String> tests)
            throws Exception {
        List<TestResult> results = new ArrayList<>();
        Pattern wanted = Pattern.compile(options.getTestFilter());
        for (String name : new TreeSet<>(tests)) {
            if (wanted.matcher(name).matches()) {
                TestInfo test = TestList.getInfo(name);
                SchedulingClass anywhere =
                        new SchedulingClass(AffinityMode.NONE, test.threads(), NodeType.PACKAGE);
                TestConfig config =
                        new TestConfig(options, test, 0, List.of(), CompileMode.UNIFIED, anywhere);
                Runner<?> runner =
                        (Runner<?>)
                                new IsolatedClassLoader()
                                        .loadClass(config.generatedRunnerName)
                                        .getConstructor(ForkedTestConfig.class)
                                        .newInstance(new FixedStrides(config));
                TestResult result = runner.run();
                result.setConfig(config);
                results.add(result);
            }
        }
        return results;
    }

    /**
     * Takes the strides as they are. To find how many fit, jcstress would start some hundred
     * threads for each test, which takes ten times as long as the test, if that is brief.
     */
    private static final class FixedStrides extends ForkedTestConfig {
        FixedStrides(TestConfig config) {
            super(config);
        }

        @Override
        public void adjustStrideCount(ResourceEstimator estimator) {
            // They fit: the objects of a stride are pooled.
        }
    }

    /** A class loader with its own copy of Sluice, so that tests share no pooled state. */
    private static final class IsolatedClassLoader extends URLClassLoader {
        IsolatedClassLoader() throws IOException {
            super(classPath(), Stress.class.getClassLoader());
        }

        private static URL[] classPath() throws IOException {
            List<URL> urls = new ArrayList<>();
            for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
                urls.add(Path.of(entry).toUri().toURL());
            }
            return urls.toArray(new URL[0]);
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            // Linking system calls is expensive, and these classes keep no state of a test.
            if (!name.startsWith("io.sluice.") || name.startsWith("io.sluice.linux.")) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                return loaded != null ? loaded : findClass(name);
            }
        }
    }

    private static List<String> arguments(String mode, String tests) {
        List<String> arguments = new ArrayList<>();
        arguments.addAll(List.of("-t", tests, "-r", "stress-results", "-f", "1", "-pth", "false"));
        arguments.addAll(List.of("-strideSize", Integer.toString(STRIDE_SIZE)));
        arguments.addAll(List.of("-strideCount", Integer.toString(STRIDE_COUNT)));
        // Each actor on its own processor: on a busy machine both would share one, and never run
        // at the same time.
        arguments.addAll(List.of("-af", "LOCAL"));
        switch (mode) {
            case SANITY -> arguments.addAll(List.of("-iters", "1", "-time", "25"));
            case "quick" -> {
                // One JVM for each test, which passes from the interpreter through both compilers.
                arguments.addAll(List.of("-iters", "3", "-time", "250", "-sc", "false"));
                arguments.addAll(List.of("-jvmArgs", NATIVE_ACCESS, "-jvmArgs", SERIAL));
            }
            case "full" -> {
                // Each actor in each compiler, with C2's random instruction scheduling.
                arguments.addAll(List.of("-iters", "3", "-time", "300", "-fsm", "1"));
                arguments.addAll(List.of("-jvmArgsPrepend", NATIVE_ACCESS));
            }
            default ->
                    throw new IllegalArgumentException(
                            "mode=" + mode + " is not sanity, quick or full");
        }
        return arguments;
    }

    private static List<TestResult> read(String file) throws IOException, ClassNotFoundException {
        InProcessCollector collector = new InProcessCollector();
        DiskReadCollector reader = new DiskReadCollector(file, collector);
        reader.dump();
        reader.close();
        return List.copyOf(collector.getTestResults());
    }

    private void print(TestResult result) {
        StringBuilder seen = new StringBuilder();
        long unexpected = 0;
        for (GradingResult grade : result.grading().gradingResults.values()) {
            switch (grade.expect) {
                case FORBIDDEN, UNKNOWN -> unexpected += grade.count;
                default -> {}
            }
            if (grade.count > 0) {
                seen.append("  [").append(grade.id).append("] ").append(grade.count);
            }
        }
        forbidden += unexpected;
        boolean passed = result.grading().isPassed && result.getTotalCount() > 0;
        if (!passed) {
            failures++;
        }
        out.printf(
                "%-6s %s: FORBIDDEN %d%s%n",
                passed ? "ok" : "FAILED", result.getName(), unexpected, seen);
    }

    private void printFailed(TestResult result) {
        fail(result.getName() + ": " + result.status());
        result.getMessages().stream().limit(10).forEach(out::println);
        result.getVmErr().stream().limit(10).forEach(out::println);
    }

    private void fail(String message) {
        failures++;
        out.println("FAILED " + message);
    }
}
