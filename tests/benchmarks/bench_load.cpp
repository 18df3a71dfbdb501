// SPDX-License-Identifier: GPL-3.0-or-later
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <QCoreApplication>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>

#include "model/causes/accounts.h"
#include "model/clock/alignment.h"
#include "model/events/event_list.h"
#include "model/load/load.h"
#include "model/vcpu_walk.h"
#include "tests/benchmarks/file_traces.h"
#include "tests/tools/repeated_trace.h"
#include "tests/tools/storm_trace.h"
#include "tests/tools/sync_case.h"

using namespace exitscope;

namespace {

double seconds(const timeval &time)
{
    return double(time.tv_sec) + double(time.tv_usec) * 1e-6;
}

struct Usage {
    double cpuSeconds;
    double peakMib; // of the largest one
};
Usage usageOf(int who)
{
    rusage usage{};
    getrusage(who, &usage);
    return {seconds(usage.ru_utime) + seconds(usage.ru_stime), double(usage.ru_maxrss) / 1024};
}

class Stopwatch {
public:
    double elapsed() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - m_begin).count(); }

private:
    std::chrono::steady_clock::time_point m_begin = std::chrono::steady_clock::now();
};

int usage()
{
    std::fputs(
        "usage: bench_load write DIRECTORY EVENTS [VCPUS MORE_REASONS [FIRST_BUSIER]]\n"
        "       bench_load repeat TRACE DIRECTORY TIMES   a trace of LTTng, so often behind itself\n"
        "       bench_load write_dat|write_perf FILE EVENTS\n"
        "       bench_load write_chunks DIRECTORY CHUNKS EVENTS VCPUS   EVENTS in all\n"
        "       bench_load load PATH [native|reader]\n"
        "                                  prints: events exits seconds cpu_seconds peak_mib reader_peak_mib\n"
        "       bench_load run COMMAND…    prints: seconds cpu_seconds peak_mib\n"
        "       bench_load events PATH     of 20 exits the events around, prints: events worst_seconds mean_seconds\n"
        "       bench_load write_pair DIRECTORY SECONDS   a host and its guest, some 27,000 events a second\n"
        "       bench_load sync PATH       prints: events load_seconds sync_seconds aligned_guests\n"
        "       bench_load accounts EXITS KEYS   prints: rows seconds_to_group seconds_with_percentiles\n"
        "       bench_load sync_foreign VCPUS SECONDS   a guest of another host, prints: events seconds "
        "cpu_seconds verdict\n",
        stderr);
    return 1;
}

int load(const QString &path, SourceChoice source)
{
    LoadOptions options;
    options.source = source;
    const Stopwatch watch;
    const Recording recording = loadRecording({path}, options);
    const double elapsed = watch.elapsed();

    std::int64_t events = 0, exits = 0;
    for (const VcpuAt &vcpu : vcpusOf(recording))
        exits += std::int64_t(vcpu.vcpu->exits.size());
    for (const TraceInfo &trace : recording.traces)
        events += trace.events;
    for (const Diagnostic &diagnostic : recording.diagnostics) {
        if (diagnostic.severity == Severity::Error) {
            std::fprintf(stderr, "%s: %s\n", qPrintable(diagnostic.path), qPrintable(diagnostic.message));
            return 2;
        }
    }
    const Usage self = usageOf(RUSAGE_SELF);
    const Usage readers = usageOf(RUSAGE_CHILDREN);
    std::printf("%lld %lld %.3f %.3f %.1f %.1f\n", static_cast<long long>(events), static_cast<long long>(exits),
        elapsed, self.cpuSeconds + readers.cpuSeconds, self.peakMib, readers.peakMib);
    return 0;
}

// What it takes to read again what is around an exit, wherever it is.
int events(const QString &path)
{
    constexpr std::size_t kLooks = 20;
    constexpr Ns kBeside = 50'000; // ns
    const Recording recording = loadRecording({path});
    const std::vector<VcpuAt> vcpus = vcpusOf(recording);
    if (vcpus.empty() || vcpus.front().vcpu->exits.size() == 0)
        return 2;
    const ExitColumns &exits = vcpus.front().vcpu->exits;
    std::size_t read = 0;
    double worst = 0, sum = 0;
    for (std::size_t look = 0; look < kLooks; ++look) {
        const Ns t = exits.time(look * (exits.size() - 1) / (kLooks - 1));
        const Stopwatch watch;
        read += readEvents(recording, {}, {t - kBeside, t + kBeside}).events.size();
        worst = std::max(worst, watch.elapsed());
        sum += watch.elapsed();
    }
    std::printf("%zu %.3f %.3f\n", read, worst, sum / double(kLooks));
    return read > 0 ? 0 : 2;
}

int sync(const QString &path)
{
    const Stopwatch loading;
    const Recording recording = loadRecording({path});
    const double loaded = loading.elapsed();
    const Stopwatch syncing;
    const Alignments alignments = alignGuests(recording);
    const double synced = syncing.elapsed();
    std::int64_t events = 0;
    int aligned = 0;
    for (const TraceInfo &trace : recording.traces)
        events += trace.events;
    for (const GuestAlignment &guest : alignments.guests)
        aligned += guest.isAligned();
    std::printf("%lld %.3f %.3f %d\n", static_cast<long long>(events), loaded, synced, aligned);
    return aligned > 0 ? 0 : 2;
}

// How long it takes to find out that a guest fits nothing.
int syncForeign(std::size_t vcpus, std::int64_t seconds)
{
    using namespace exitscope::testing;
    const Ns span = seconds * 1'000'000'000;
    Recording recording = makeSyncCase({.seed = 1, .spanNs = span, .vcpus = vcpus}).recording;
    recording.guests = makeSyncCase({.seed = 2, .spanNs = span, .vcpus = vcpus}).recording.guests;
    std::int64_t events = 0;
    for (const GuestCpu &cpu : recording.guests[0].cpus)
        events += std::int64_t(cpu.events.size());
    const double before = usageOf(RUSAGE_SELF).cpuSeconds;
    const Stopwatch watch;
    const Alignments alignments = alignGuests(recording);
    std::printf("%lld %.3f %.3f %s\n", static_cast<long long>(events), watch.elapsed(),
        usageOf(RUSAGE_SELF).cpuSeconds - before, qPrintable(verdictName(alignments.guests[0].verdict)));
    return 0;
}

int writePair(const char *directory, std::int64_t seconds)
{
    using namespace exitscope::testing;
    std::printf("%lld\n",
        static_cast<long long>(writeSyncPair(directory, makeSyncCase({.seed = 1, .spanNs = seconds * 1'000'000'000}))));
    return 0;
}

int runCommand(char **command)
{
    const Stopwatch watch;
    const pid_t child = fork();
    if (child == 0) {
        execvp(command[0], command);
        std::perror(command[0]);
        _exit(127);
    }
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        std::fprintf(stderr, "%s failed\n", command[0]);
        return 2;
    }
    const double elapsed = watch.elapsed();
    const Usage usage = usageOf(RUSAGE_CHILDREN);
    std::printf("%.3f %.3f %.1f\n", elapsed, usage.cpuSeconds, usage.peakMib);
    return 0;
}

// As many functions as a kernel has, of 24 bytes each.
GuestSymbols kernelSymbols()
{
    constexpr std::uint64_t kText = 0xffffffff81000000;
    constexpr std::uint64_t kFunctions = 200'000;
    QByteArray text;
    for (std::uint64_t i = 0; i < kFunctions; ++i)
        text
            += QByteArray::number(quint64(kText + i * 24), 16) + " t function_" + QByteArray::number(quint64(i)) + '\n';
    QString error;
    const Stopwatch watch;
    GuestSymbols symbols;
    symbols.set({0, 0}, std::make_shared<const KernelSymbols>(*KernelSymbols::parse(text, 0, error)));
    std::fprintf(stderr, "symbols read in %.3f s\n", watch.elapsed());
    return symbols;
}

// What an exit touched: code at one place uses few ports, MSRs or pages, or nothing that is known.
Target targetOf(std::uint16_t reason, std::uint64_t place, std::uint64_t random)
{
    const std::uint64_t which = place % 300 + random % 3;
    switch (reason % 4) {
    case 0:
        return Target::of(TargetKind::Port, which);
    case 1:
        return Target::of(TargetKind::Msr, 0xc0000000 + which);
    case 2:
        return Target::of(TargetKind::Page, which * Target::kPageBytes);
    default:
        return {};
    }
}

// Two vCPUs with exits in memory: of 8 reasons, at 3,000 addresses, on 906 targets.
int accounts(std::size_t exits, const QString &by)
{
    QString error;
    const auto keys = parseAccountKeys(by, error);
    if (!keys || exits == 0)
        return usage();
    Recording recording;
    for (int code = 120; code < 128; ++code)
        recording.reasons.indexOf({2, code});
    Timeline host;
    host.vms.push_back({QStringLiteral("a"), 1, std::vector<Vcpu>(2)});
    std::mt19937_64 random(1);
    for (Vcpu &vcpu : host.vms[0].vcpus) {
        vcpu.exits.reserve(exits / 2);
        for (std::size_t i = 0; i < exits / 2; ++i) {
            const Ns time = Ns(i) * 10'000;
            const ExitParts parts{.kvm = Ns(random() % 9'000), .irq = 0};
            const auto reason = std::uint16_t(random() % 8);
            const std::uint64_t place = random() % 3000;
            vcpu.exits.append({.time = time,
                .event = time,
                .end = time + parts.kvm,
                .parts = parts,
                .guestRip = 0xffffffff81000000 + place * 7,
                .reason = reason,
                .pcpu = std::int32_t(random() % 2),
                .target = targetOf(reason, place, random())});
        }
    }
    recording.hosts.push_back(std::move(host));
    const GuestSymbols symbols = kernelSymbols();
    const Stopwatch watch;
    const Accounts grouped = accountsOf(recording, {}, *keys, nullptr, &symbols);
    const double grouping = watch.elapsed();
    const std::size_t rows = grouped.groups(0, grouped.size()).size();
    std::printf("%zu %.3f %.3f\n", rows, grouping, watch.elapsed());
    return 0;
}

} // namespace

int main(int argc, char **argv)
{
    const std::string mode = argc > 2 ? argv[1] : "";
    if (mode == "run")
        return runCommand(argv + 2); // before Qt: what the child had before exec counts as its memory
    const QCoreApplication app(argc, argv);
    if (mode == "load" && (argc == 3 || argc == 4))
        return load(QString::fromLocal8Bit(argv[2]),
            argc == 3                              ? SourceChoice::Any
                : std::string(argv[3]) == "reader" ? SourceChoice::Reader
                                                   : SourceChoice::Native);
    if (mode == "repeat" && argc == 5) {
        exitscope::testing::repeatTrace(argv[2], argv[3], std::uint64_t(std::atoll(argv[4])));
        return 0;
    }
    if (mode == "events" && argc == 3)
        return events(QString::fromLocal8Bit(argv[2]));
    if (mode == "sync" && argc == 3)
        return sync(QString::fromLocal8Bit(argv[2]));
    if (mode == "accounts" && argc == 4)
        return accounts(std::size_t(std::atoll(argv[2])), QString::fromLocal8Bit(argv[3]));
    if (mode == "sync_foreign" && argc == 4)
        return syncForeign(std::size_t(std::atoll(argv[2])), std::atoll(argv[3]));
    if (mode == "write_pair" && argc == 4)
        return writePair(argv[2], std::atoll(argv[3]));
    if (mode == "write_chunks" && argc == 6) {
        exitscope::testing::writeStormChunks(
            argv[2], std::atoi(argv[3]), std::atoll(argv[4]), {.vcpus = std::atoi(argv[5])});
        return 0;
    }
    if (mode == "write_dat" && argc == 4) {
        exitscope::bench::writeDat(argv[2], std::atoll(argv[3]));
        return 0;
    }
    if (mode == "write_perf" && argc == 4) {
        exitscope::bench::writePerf(argv[2], std::atoll(argv[3]));
        return 0;
    }
    if (mode == "write" && argc != 5 && argc >= 4 && argc <= 7) {
        exitscope::testing::StormShape shape;
        if (argc >= 6)
            shape = {.vcpus = std::atoi(argv[4]), .moreReasons = std::atoi(argv[5])};
        if (argc == 7)
            shape.firstBusier = std::atoi(argv[6]);
        exitscope::testing::writeStormTrace(argv[2], std::atoll(argv[3]), 1, shape);
        return 0;
    }
    return usage();
}
