package io.sluice.pipe.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class CloseAllTest {
    private final List<String> closed = new ArrayList<>();

    private AutoCloseable resource(String name, Throwable failure) {
        return () -> {
            closed.add(name);
            if (failure instanceof Exception e) {
                throw e;
            }
            if (failure instanceof Error e) {
                throw e;
            }
        };
    }

    @Test
    void eachIsClosedThoughOthersThrow() {
        RuntimeException first = new IllegalStateException("first");
        Error second = new StackOverflowError("second");
        List<AutoCloseable> all =
                Arrays.asList(
                        resource("a", null),
                        resource("b", first),
                        null,
                        resource("c", second),
                        resource("d", first),
                        resource("e", null));
        assertSame(first, assertThrows(RuntimeException.class, () -> PipeFiles.closeAll(all)));
        assertArrayEquals(new Throwable[] {second}, first.getSuppressed());
        assertEquals(List.of("a", "b", "c", "d", "e"), closed);
    }

    @Test
    void anErrorIsThrownAndACheckedExceptionIsWrapped() {
        Error error = new StackOverflowError();
        assertSame(
                error,
                assertThrows(Error.class, () -> PipeFiles.closeAll(List.of(resource("a", error)))));
        IOException checked = new IOException();
        assertSame(
                checked,
                assertThrows(
                                IllegalStateException.class,
                                () -> PipeFiles.closeAll(List.of(resource("a", checked))))
                        .getCause());
    }
}
