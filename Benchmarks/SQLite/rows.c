// Writes job rows with prepared statements in one transaction, as plainly as
// C can: the reference for our results store.
//
//   gcc -O3 rows.c -o rows -lsqlite3 && ./rows STORED.sqlite COPY.sqlite
//
// STORED is a results file. COPY gets the same tables with the same
// constraints, and all their rows; what is timed is the insertion of the job
// rows from memory, from BEGIN to the closing of the file. Prints the rows
// written, CPU seconds and wall seconds.
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static sqlite3 *db;

static void fail(const char *what) {
  fprintf(stderr, "rows: %s: %s\n", what, db ? sqlite3_errmsg(db) : "");
  exit(1);
}

static void execute(const char *sql) {
  if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK) fail(sql);
}

static sqlite3_stmt *prepare(const char *sql) {
  sqlite3_stmt *statement;
  if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK) fail(sql);
  return statement;
}

static double seconds(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static char *text(const char *format, const char *argument) {
  char *made = sqlite3_mprintf(format, argument, argument);
  if (!made) fail("out of memory");
  return made;
}

// All tables and indices, and the rows of every table but job.
static void copy_schema(void) {
  sqlite3_stmt *all = prepare(
      "SELECT type, name, sql FROM stored.sqlite_schema WHERE type IN ('table', 'index') AND sql IS NOT NULL "
      "AND name NOT LIKE 'sqlite_%' ORDER BY rowid");
  while (sqlite3_step(all) == SQLITE_ROW) {
    const char *name = (const char *)sqlite3_column_text(all, 1);
    execute((const char *)sqlite3_column_text(all, 2));
    if (strcmp((const char *)sqlite3_column_text(all, 0), "table") != 0 || strcmp(name, "job") == 0) continue;
    char *sql = text("INSERT INTO main.\"%w\" SELECT * FROM stored.\"%w\"", name);
    execute(sql);
    sqlite3_free(sql);
  }
  sqlite3_finalize(all);
}

int main(int argc, char **argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: rows STORED.sqlite COPY.sqlite\n");
    return 2;
  }
  if (sqlite3_open(argv[2], &db) != SQLITE_OK) fail(argv[2]);
  execute("PRAGMA journal_mode = WAL");
  char *attach = sqlite3_mprintf("ATTACH %Q AS stored", argv[1]);
  execute(attach);
  sqlite3_free(attach);
  execute("BEGIN");
  copy_schema();
  execute("COMMIT");

  // Every column of job holds an integer or nothing.
  sqlite3_stmt *read = prepare("SELECT * FROM stored.job ORDER BY replication_id, job_id");
  const int columns = sqlite3_column_count(read);
  size_t rows = 0, room = 0;
  int64_t *values = NULL;
  while (sqlite3_step(read) == SQLITE_ROW) {
    if (rows == room) {
      room = room ? 2 * room : 1024;
      values = realloc(values, room * (size_t)columns * sizeof *values);
      if (!values) fail("out of memory");
    }
    for (int c = 0; c < columns; ++c)
      values[rows * (size_t)columns + (size_t)c] =
          sqlite3_column_type(read, c) == SQLITE_NULL ? INT64_MIN : sqlite3_column_int64(read, c);
    ++rows;
  }
  sqlite3_finalize(read);
  execute("DETACH stored");
  execute("PRAGMA foreign_keys = ON");

  char marks[256] = "?";
  for (int c = 1; c < columns && strlen(marks) + 3 < sizeof marks; ++c) strcat(marks, ",?");
  char *sql = text("INSERT INTO job VALUES (%s)", marks);

  const double cpu = seconds(CLOCK_PROCESS_CPUTIME_ID), wall = seconds(CLOCK_MONOTONIC);
  execute("BEGIN IMMEDIATE");
  sqlite3_stmt *insert = prepare(sql);
  for (size_t row = 0; row < rows; ++row) {
    const int64_t *value = values + row * (size_t)columns;
    for (int c = 0; c < columns; ++c) {
      if (value[c] == INT64_MIN) sqlite3_bind_null(insert, c + 1);
      else sqlite3_bind_int64(insert, c + 1, value[c]);
    }
    if (sqlite3_step(insert) != SQLITE_DONE) fail("insert");
    sqlite3_reset(insert);
  }
  sqlite3_finalize(insert);
  execute("COMMIT");
  if (sqlite3_close(db) != SQLITE_OK) fail("close");
  printf("%zu %.6f %.6f\n", rows, seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu, seconds(CLOCK_MONOTONIC) - wall);
  sqlite3_free(sql);
  free(values);
}
