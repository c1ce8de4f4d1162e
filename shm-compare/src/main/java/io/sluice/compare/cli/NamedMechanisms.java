package io.sluice.compare.cli;

import io.sluice.compare.transport.Transport;
import io.sluice.compare.transport.Transports;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.Stream;
import picocli.CommandLine;

/** Finds the mechanisms that a command line names. */
final class NamedMechanisms {
    private NamedMechanisms() {}

    static List<Transport> of(CommandLine command, List<String> names) {
        List<Transport> found = new ArrayList<>();
        for (String name : names) {
            try {
                found.addAll(Transports.named(name));
            } catch (NoSuchElementException e) {
                List<String> known =
                        Transports.all().stream()
                                .flatMap(each -> Stream.of(each.id(), each.name()))
                                .toList();
                throw new WrongArguments.UnknownValueException(
                        command, e.getMessage(), name, known);
            }
        }
        return found;
    }
}
