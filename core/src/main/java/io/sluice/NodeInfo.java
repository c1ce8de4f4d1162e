package io.sluice;

import java.nio.file.Path;
import java.time.Instant;

/**
 * A name in a directory of nodes, as a process that has not joined sees it: see {@link Node#list}.
 *
 * @param name the name
 * @param present whether a node owns it now, according to the kernel
 * @param pid the id of the process that owns it or was the last one to, in that process's own PID
 *     namespace; 0 if it was never taken completely
 * @param since the time when that process took it
 * @param inbox the path of the pipe with the messages to it, for a {@link PipeView}; it may not
 *     exist yet
 */
public record NodeInfo(String name, boolean present, long pid, Instant since, Path inbox) {}
