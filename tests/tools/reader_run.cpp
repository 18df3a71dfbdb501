// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/tools/reader_run.h"

#include <QElapsedTimer>
#include <QProcess>

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "model/source/process/frame_buffer.h"
#include "model/source/process/frame_checks.h"

namespace exitscope::testing {

namespace {

constexpr int kLongest = 20'000; // ms; more is a hang
const QString kReader = QStringLiteral(EXITSCOPE_BINARY_DIR "/exitscope-reader");

template <typename Value>
Value valueIn(std::span<const char> payload)
{
    Value value;
    if (payload.size() != sizeof value)
        throw std::runtime_error("a payload of another size");
    std::memcpy(&value, payload.data(), sizeof value);
    return value;
}

void require(const QString &fault)
{
    if (!fault.isEmpty())
        throw std::runtime_error(fault.toStdString());
}

void takeNames(std::span<const char> payload, QStringList &names)
{
    while (!payload.empty()) {
        std::uint32_t head[2];
        if (payload.size() < sizeof head)
            throw std::runtime_error("half a name");
        std::memcpy(head, payload.data(), sizeof head);
        payload = payload.subspan(sizeof head);
        if (head[0] != std::uint32_t(names.size()) || head[1] > payload.size())
            throw std::runtime_error("a name out of order");
        names.append(QString::fromUtf8(payload.data(), qsizetype(head[1])));
        payload = payload.subspan(head[1]);
    }
}

void takeRecords(std::span<const char> payload, ReadStream &stream)
{
    if (payload.size() < 8 || (payload.size() - 8) % sizeof(Record) != 0)
        throw std::runtime_error("half a record");
    const std::size_t count = (payload.size() - 8) / sizeof(Record);
    const auto consumed = valueIn<std::uint64_t>(payload.first(8));
    if (count > std::size_t(wire::kRecordsPerFrame) || consumed < stream.bytesConsumed)
        throw std::runtime_error("a frame of too many records, or that goes back");
    stream.bytesConsumed = consumed;
    stream.frames.push_back(count);
    for (std::size_t i = 0; i < count; ++i) {
        const auto record = valueIn<Record>(payload.subspan(8 + i * sizeof(Record), sizeof(Record)));
        require(faultOf(record, std::size_t(stream.names.size())));
        if (!stream.records.empty() && record.timeNs < stream.records.back().timeNs)
            throw std::runtime_error("records out of order");
        stream.records.push_back(record);
    }
}

void take(const Frame &frame, ReadStream &stream)
{
    if (stream.isOver())
        throw std::runtime_error("a frame of a stream that is over");
    switch (frame.header.kind) {
    case wire::FrameKind::Description:
        stream.description = wire::decodeDescription({frame.payload.data(), frame.payload.size()});
        require(faultOf(*stream.description));
        break;
    case wire::FrameKind::SameDescription:
        stream.describedAs = valueIn<std::uint16_t>(frame.payload);
        break;
    case wire::FrameKind::Names:
        takeNames(frame.payload, stream.names);
        break;
    case wire::FrameKind::Records:
        takeRecords(frame.payload, stream);
        break;
    case wire::FrameKind::Summary:
        stream.summary = valueIn<wire::Summary>(frame.payload);
        require(faultOf(*stream.summary));
        break;
    case wire::FrameKind::Partial:
        stream.partial = valueIn<wire::Summary>(frame.payload);
        require(faultOf(*stream.partial));
        break;
    case wire::FrameKind::Failed:
        stream.cause = QString::fromUtf8(frame.payload.data(), qsizetype(frame.payload.size()));
        break;
    case wire::FrameKind::Heartbeat:
        break;
    }
}

void send(QProcess &process, const Commands &commands)
{
    for (const wire::Command &command : commands)
        process.write(reinterpret_cast<const char *>(&command), sizeof command);
}

void readUntilOver(QProcess &process, FrameBuffer &buffer, std::vector<ReadStream> &streams)
{
    QElapsedTimer timer;
    timer.start();
    while (!std::all_of(streams.begin(), streams.end(), [](const ReadStream &s) { return s.isOver(); })) {
        if (process.bytesAvailable() == 0 && !process.waitForReadyRead(int(kLongest - timer.elapsed())))
            throw std::runtime_error("it ended or hangs");
        const QByteArray bytes = process.readAllStandardOutput();
        buffer.append({bytes.data(), std::size_t(bytes.size())});
        while (const auto frame = buffer.next())
            take(*frame, streams.at(frame->header.stream));
        require(buffer.error());
    }
}

Commands allOf(int streams)
{
    Commands commands;
    for (int i = 0; i < streams; ++i)
        commands.push_back({wire::CommandKind::Read, std::uint16_t(i), 1'000'000});
    return commands;
}

} // namespace

ReaderOutput outputOfReader(const QStringList &arguments)
{
    QProcess process;
    process.start(kReader, arguments);
    process.closeWriteChannel();
    if (!process.waitForFinished(kLongest) || process.exitStatus() != QProcess::NormalExit)
        return {-1, process.readAllStandardOutput(), process.readAllStandardError()};
    return {process.exitCode(), process.readAllStandardOutput(), process.readAllStandardError()};
}

ReaderRun runReader(const QStringList &arguments, int streams, const std::vector<Commands> &rounds)
{
    ReaderRun run;
    run.streams.resize(std::size_t(streams));
    QProcess process;
    process.start(kReader, arguments);
    FrameBuffer buffer;
    try {
        if (rounds.empty()) {
            send(process, allOf(streams));
            readUntilOver(process, buffer, run.streams);
        }
        for (const Commands &commands : rounds) {
            if (&commands != &rounds.front())
                for (ReadStream &stream : run.streams)
                    stream = {};
            send(process, commands);
            readUntilOver(process, buffer, run.streams);
        }
    } catch (const std::exception &error) {
        run.fault = QString::fromUtf8(error.what());
    }
    process.closeWriteChannel();
    const bool ended = process.waitForFinished(kLongest);
    if (run.fault.isEmpty() && (!ended || process.exitStatus() != QProcess::NormalExit || process.exitCode() != 0))
        run.fault = QStringLiteral("it does not end as it should");
    run.errors = process.readAllStandardError();
    return run;
}

QStringList filesOf(const QString &file, std::initializer_list<int> cpus)
{
    QStringList arguments;
    for (const int cpu : cpus)
        arguments << QStringLiteral("--file") << file << QString::number(cpu);
    return arguments;
}

} // namespace exitscope::testing
