// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>
#include <QStringList>
#include <QTemporaryDir>

#include <memory>
#include <string>

#include "tests/model/source/dat_machine.h"
#include "tests/tools/reader_run.h"

namespace exitscope::testing {

using Rows = QStringList;

inline const QString kHost = QStringLiteral(EXITSCOPE_SOURCE_DIR "/tests/data/trace-cmd/host.dat");

// trace.dat of trace-cmd as exitscope-reader reads it; what is damaged stands in trace_dat_damage.cpp.
class TestTraceDat : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_dir = std::make_unique<QTemporaryDir>(); }
    void list();
    void listRefuses_data();
    void listRefuses();
    void asTraceCmdReportsIt();
    void described();
    void switchesAreEvents();
    void surveyedAndReadAgain();
    void missingCpu();
    void machines_data();
    void machines();
    void marks();
    void times();
    void losses_data();
    void losses();
    void recordedTwice();
    void unknownEvent();
    void manyNames();
    void clocks_data();
    void clocks();
    void refused_data();
    void refused();
    void eventBeyondItsPage_data();
    void eventBeyondItsPage();
    void damagedChunkOfOneCpu();
    void cutEverywhere();
    void damagedAnywhere();
    void seeded();

private:
    QString write(const std::string &bytes, const char *name = "trace.dat") const;
    ReadStream read(const DatFile &file, const QStringList &options = {QStringLiteral("--all-events")}) const;

    std::unique_ptr<QTemporaryDir> m_dir;
};

} // namespace exitscope::testing
