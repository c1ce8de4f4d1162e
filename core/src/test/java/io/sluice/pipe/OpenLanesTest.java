package io.sluice.pipe;

import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sluice.Pipe;
import io.sluice.PipeSender;
import io.sluice.PipeSpec;
import io.sluice.pipe.storage.Participants;
import io.sluice.pipe.storage.PipeFiles;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpenLanesTest {
    @TempDir Path directory;

    @Test
    @SuppressWarnings("try") // The sender only has to be attached.
    void nothingIsOpenedAfterTheClose() throws Exception {
        Path path = directory.resolve("pipe");
        Pipe pipe = Pipe.create(path, PipeSpec.bounded(4096).senders(2));
        PipeFiles files = PipeFiles.open(path, false);
        try (PipeSender sender = pipe.sender();
                Participants meta = files.openMeta()) {
            OpenLanes lanes = new OpenLanes(files, meta, new PipeEvents(files), memory -> null);
            lanes.close();
            assertThrows(IllegalStateException.class, () -> lanes.receiver(0));
        }
    }
}
