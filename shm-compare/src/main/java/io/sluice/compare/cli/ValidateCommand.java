package io.sluice.compare.cli;

import io.sluice.compare.result.ResultsFile;
import io.sluice.compare.result.Schema;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code validate}: checks a file against the schema. */
@Command(name = "validate", mixinStandardHelpOptions = true)
final class ValidateCommand implements Callable<Integer> {
    @Parameters(index = "0", arity = "0..1", paramLabel = "RESULTS")
    private Path file;

    @Option(names = "--schema")
    private boolean schema;

    @Override
    public Integer call() throws IOException {
        if (schema) {
            System.out.print(Schema.text());
            return Exit.OK;
        }
        if (file == null) {
            throw new WrongArgumentException("which file? 'shm-compare validate RESULTS'");
        }
        List<String> violations = Schema.validate(file);
        if (violations.isEmpty()) {
            ResultsFile.read(file);
            System.out.println(file + " is valid");
            return Exit.OK;
        }
        violations.forEach(violation -> System.out.println(file + ": " + violation));
        return Exit.ERROR;
    }
}
