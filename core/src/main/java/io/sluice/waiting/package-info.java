/** How an end waits: by spinning, or by spinning a little and then sleeping. */
package io.sluice.waiting;
