// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QFile>
#include <QString>
#include <QTemporaryDir>

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/reader/text/text_trace.h"

namespace exitscope {

// What a text says, read by the reader's own code.
struct TextStep {
    reader::FileStep::Kind kind = reader::FileStep::Kind::Event;
    Record record; // with time, pCPU and thread
    std::string comm;
    std::int32_t pid = kNoThread;
    bool isRepeated = false;
    std::optional<std::uint64_t> lost;
};

struct TextRead {
    std::string error; // why it cannot be read at all
    wire::Description description;
    std::string notes;
    std::vector<std::string> faults; // of its streams
    std::vector<TextStep> steps; // CPU by CPU
    bool readAllBytes = true;
};

inline TextStep textStep(const reader::FileStep &said, std::int32_t cpu)
{
    TextStep step;
    step.kind = said.kind;
    step.record = recordOf(said.what, said.told);
    step.record.timeNs = said.timeNs;
    step.record.pcpu = cpu;
    step.record.tid = said.told.tid;
    step.comm = said.told.procname;
    step.pid = said.told.pid;
    step.isRepeated = said.isRepeated;
    step.lost = said.lost;
    return step;
}

inline TextRead readText(const QString &path)
{
    TextRead read;
    try {
        reader::TextTrace trace(path.toStdString());
        read.description = trace.describe();
        read.notes = trace.notes();
        for (std::size_t cpu = 0; cpu < trace.cpus().size(); ++cpu) {
            const auto stream = trace.read(cpu);
            try {
                for (reader::FileStep step; stream->next(step);)
                    read.steps.push_back(textStep(step, trace.cpus()[cpu].number));
            } catch (const reader::ReadError &fault) {
                read.faults.emplace_back(fault.what());
            }
            read.readAllBytes = read.readAllBytes && stream->bytesRead() == trace.cpus()[cpu].bytes;
        }
    } catch (const reader::ReadError &error) {
        read.error = error.what();
    }
    return read;
}

inline TextRead readTextOf(const QByteArray &text)
{
    QTemporaryDir directory;
    QFile file(directory.filePath(QStringLiteral("trace.txt")));
    if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
        return {};
    file.close();
    return readText(file.fileName());
}

inline QByteArray textFile(const char *name)
{
    QFile file(QStringLiteral(EXITSCOPE_SOURCE_DIR "/tests/data/text/") + QString::fromLatin1(name));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

// VM exits by (isa, code).
using ReasonCounts = std::map<std::pair<int, std::uint64_t>, int>;
inline ReasonCounts countExits(const TextRead &read)
{
    ReasonCounts counts;
    for (const TextStep &step : read.steps)
        if (step.kind == reader::FileStep::Kind::Event && step.record.kind == EventKind::VmExit)
            ++counts[{step.record.isa, step.record.exit.reason}];
    return counts;
}

inline int countEvents(const TextRead &read, EventKind kind)
{
    return static_cast<int>(std::count_if(
        read.steps.begin(), read.steps.end(),
        [&](const TextStep &step) { return step.kind == reader::FileStep::Kind::Event && step.record.kind == kind; }));
}

// From each VM exit of a thread to its next VM entry, ns; -1: none follows.
inline std::vector<Ns> exitDurations(const TextRead &read, std::int32_t tid)
{
    std::vector<Ns> durations;
    std::optional<Ns> open;
    for (const TextStep &step : read.steps) {
        if (step.record.tid != tid || step.kind != reader::FileStep::Kind::Event)
            continue;
        if (step.record.kind != EventKind::VmExit && step.record.kind != EventKind::VmEntry)
            continue;
        if (open)
            durations.push_back(step.record.kind == EventKind::VmEntry ? step.record.timeNs - *open : -1);
        open.reset();
        if (step.record.kind == EventKind::VmExit)
            open = step.record.timeNs;
    }
    if (open)
        durations.push_back(-1);
    return durations;
}

} // namespace exitscope
