/** What users touch. */
package io.sluice;
