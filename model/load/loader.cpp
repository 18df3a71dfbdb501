// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/load/loader.h"

#include <algorithm>
#include <map>
#include <thread>
#include <tuple>
#include <utility>

#include "model/diagnostic_codes.h"
#include "model/load/builder_sinks.h"
#include "model/load/event_places.h"
#include "model/load/file_work.h"
#include "model/load/role_rules.h"
#include "model/load/source_diagnostics.h"
#include "model/record/far_time.h"
#include "model/source/trace_finder.h"
#include "model/timeline/timeline_builder.h"

namespace exitscope {

namespace {

constexpr const char *kJoined = "joined"; // in the place of a hostKey(), which holds a line break

bool holdsKvm(const TraceWork &trace)
{
    return (trace.info.richness & (wire::HasEntry | wire::HasExit)) != 0;
}

bool declareSwitches(const std::vector<HostTrace> &traces)
{
    return std::any_of(
        traces.begin(), traces.end(),
        [](const HostTrace &trace) {
            return (declaredKinds(trace.work->info.description) & ~trace.dropped & wire::HasSwitch) != 0;
        });
}

bool isForcedHost(const TraceWork &trace)
{
    return trace.isForced && trace.info.role == TraceRole::Host;
}

// What it says of itself, before it is known whether it is a host's.
TraceRole roleByItself(const TraceWork &trace)
{
    const wire::Description &description = trace.info.description;
    if (description.domain == "ust")
        return TraceRole::User;
    return description.domain == "kernel" || declaresKvm(description) ? TraceRole::Guest : TraceRole::Other;
}

// It may turn out that none happened.
bool mayBeHost(const TraceWork &trace)
{
    return isForcedHost(trace) || (!trace.isForced && declaresKvm(trace.info.description));
}

// The same trouble can be met in the survey and again in the load, and is then told in other words.
void dropRepetitions(Diagnostics &diagnostics)
{
    std::set<std::tuple<QString, QString, QString>> seen;
    std::erase_if(diagnostics, [&](const Diagnostic &d) {
        return !seen.insert({d.code, d.path, d.severity == Severity::Error ? QString() : d.message}).second;
    });
}

} // namespace

Loader::Loader(const LoadOptions &options, const ProgressCallback &progress, CancelFlag cancel)
    : m_options(options), m_cancel(cancel), m_progress(progress),
      m_pool(options, cancel, [this] { m_progress.tick(); }), m_opener(m_pool, m_privateDirs, m_recording.diagnostics)
{
}

Recording Loader::load(const QStringList &paths)
{
    prepare(paths);
    describe();
    assignRoles();
    const std::vector<Group> all = groups();
    const Traces unsurveyed = toSurvey(all);
    m_progress.expectNothing();
    for (const auto &trace : m_traces)
        if (trace->isDescribed && isOfKernel(trace->info.role))
            m_progress.expect(*trace);
    for (const TraceWork *trace : unsurveyed)
        m_progress.expect(*trace);
    survey(unsurveyed);
    std::set<const TraceWork *> mayBeHosts;
    for (const Group &group : all) {
        if (!group.mayBeHost)
            continue;
        mayBeHosts.insert(group.traces.begin(), group.traces.end());
        loadGroup(group);
    }
    for (const Traces &guest : guests()) {
        for (const TraceWork *trace : guest)
            if (mayBeHosts.contains(trace))
                m_progress.expect(*trace); // it was read in vain, for a host's
        loadGuest(guest);
    }
    m_pool.closeAll();
    tellAll();
    m_progress.finish();
    return std::move(m_recording);
}

void Loader::prepare(const QStringList &paths)
{
    FoundTraces found = findTraces(paths, m_cancel);
    m_recording.diagnostics = std::move(found.diagnostics);
    const QStringList files = withoutCopies(found.files, m_recording.diagnostics, m_cancel);
    for (const QString &file : files)
        if (!m_pool.isCancelled())
            m_traces.push_back(
                std::make_unique<TraceWork>(prepareFile(file, m_options, m_recording.diagnostics, m_cancel)));
    if (found.dirs.isEmpty())
        return;
    if (!m_privateDirs.isValid()) {
        m_recording.diagnostics.push_back(makeDiagnostic(Code::TraceUnreadable,
            QStringLiteral("no temporary directory can be made: %1; set TMPDIR").arg(m_privateDirs.errorString()),
            found.dirs.front()));
        return;
    }
    for (const QString &dir : std::as_const(found.dirs))
        if (!m_pool.isCancelled())
            m_traces.push_back(
                std::make_unique<TraceWork>(prepareTrace(dir, m_privateDirs, m_recording.diagnostics, m_cancel)));
}

std::size_t Loader::readersOf(const Traces &traces) const
{
    std::size_t readers = 0;
    for (const TraceWork *trace : traces)
        readers += trace->readers();
    return readers;
}

// As many traces at a time as there can be readers for; a larger one shares them among its streams. Where there cannot
// be as many as that takes, few at a time: the readers of a batch end for those of the next one, all others stay.
std::vector<Loader::Traces> Loader::batches(const Traces &traces) const
{
    const auto most = static_cast<std::size_t>(m_pool.maxReaders());
    const std::size_t few = std::max<std::size_t>(8, std::size_t{2} * std::thread::hardware_concurrency());
    const std::size_t limit = readersOf(traces) > most ? std::min(few, most) : most;
    std::vector<Traces> all;
    std::size_t readers = 0;
    for (TraceWork *trace : traces) {
        const std::size_t wanted = trace->readers();
        if (all.empty() || readers + wanted > limit) {
            all.emplace_back();
            readers = 0;
        }
        readers += wanted;
        all.back().push_back(trace);
    }
    return all;
}

// What will have to be surveyed is surveyed at once where its readers cannot stay until all traces are described: each
// of them would parse the metadata again.
void Loader::describe()
{
    Traces traces;
    for (const auto &trace : m_traces)
        traces.push_back(trace.get());
    const std::vector<Traces> all = batches(traces);
    for (const TraceWork *trace : traces)
        m_progress.expect(*trace, 2);
    for (const Traces &batch : all) {
        if (m_pool.isCancelled())
            return;
        m_opener.open(batch);
        if (all.size() > 1)
            survey(surveyable(batch));
    }
}

// Of traces just described: those of programs, and those that are not alone of their machine.
Loader::Traces Loader::surveyable(const Traces &batch) const
{
    std::map<std::string, int> known;
    for (const auto &trace : m_traces)
        if (trace->isDescribed && isOfKernel(roleByItself(*trace)))
            ++known[hostKey(trace->info.description)];
    known.erase(std::string());
    Traces found;
    for (TraceWork *trace : batch)
        if (trace->isDescribed && (!isOfKernel(roleByItself(*trace)) || known[hostKey(trace->info.description)] > 1))
            found.push_back(trace);
    return found;
}

void Loader::assignRoles()
{
    RoleRules rules(m_options.roles);
    for (const auto &trace : m_traces) {
        if (const auto role = rules.roleOf(trace->info.path)) {
            trace->info.role = *role;
            trace->isForced = true;
        } else if (trace->isDescribed) {
            trace->info.role = roleByItself(*trace);
        }
    }
    rules.tellUnused(m_recording.diagnostics);
}

// The user's word joins hosts: with a trace all others of its host.
std::function<std::string(const TraceWork &)> Loader::hostOf()
{
    JoinRules joins(m_options.joined);
    std::set<std::string> keys;
    std::set<const TraceWork *> joined;
    for (const auto &trace : m_traces) {
        if (!trace->isDescribed || !joins.joins(trace->info.path))
            continue;
        joined.insert(trace.get());
        keys.insert(hostKey(trace->info.description));
    }
    keys.erase(std::string()); // those that say nothing are of a host each
    joins.tellUnused(m_recording.diagnostics);
    return [keys, joined](const TraceWork &trace) {
        const std::string key = hostKey(trace.info.description);
        return joined.contains(&trace) || keys.contains(key) ? std::string(kJoined) : key;
    };
}

std::vector<Loader::Group> Loader::groups()
{
    const auto host = hostOf();
    std::vector<Group> all;
    std::map<std::string, std::size_t> known;
    for (const auto &trace : m_traces) {
        const bool canTell = isForcedHost(*trace) || (!trace->isForced && isOfKernel(trace->info.role));
        if (!trace->isDescribed || !canTell)
            continue;
        const std::string key = host(*trace);
        const auto [at, isNew] = key.empty() ? std::pair{known.end(), true} : known.try_emplace(key, all.size());
        Group &group = isNew ? all.emplace_back() : all[at->second];
        group.traces.push_back(trace.get());
    }
    for (Group &group : all)
        group.mayBeHost = std::ranges::any_of(group.traces, [](const TraceWork *trace) { return mayBeHost(*trace); });
    return all;
}

// Several traces of one machine, as what comes of each must be known before it is read, and those of programs, which
// are not read. Not what was surveyed already.
Loader::Traces Loader::toSurvey(const std::vector<Group> &groups) const
{
    std::set<const TraceWork *> wanted;
    for (const Group &group : groups)
        if (group.traces.size() > 1)
            wanted.insert(group.traces.begin(), group.traces.end());
    std::map<std::string, Traces> guests; // the user's word makes guests of traces of no group
    for (const auto &trace : m_traces) {
        if (!trace->isDescribed)
            continue;
        const std::string key = hostKey(trace->info.description);
        if (!isOfKernel(trace->info.role))
            wanted.insert(trace.get());
        else if (trace->isForced && trace->info.role == TraceRole::Guest && !key.empty())
            guests[key].push_back(trace.get());
    }
    for (const auto &[key, traces] : guests)
        if (traces.size() > 1)
            wanted.insert(traces.begin(), traces.end());
    Traces all;
    for (const auto &trace : m_traces)
        if (wanted.contains(trace.get()) && !trace->isSurveyed)
            all.push_back(trace.get());
    return all;
}

void Loader::survey(const Traces &traces)
{
    for (const Traces &batch : batches(traces)) {
        if (m_pool.isCancelled())
            return;
        m_progress.begin(batch);
        m_opener.survey(batch);
        for (TraceWork *trace : batch)
            trace->isSurveyed = true;
        m_progress.end();
    }
}

void Loader::loadGroup(const Group &group)
{
    if (m_pool.isCancelled())
        return;
    if (group.traces.size() == 1) {
        HostPlan plan;
        plan.used.emplace_back();
        return loadHost({{group.traces.front(), 0, 0, std::nullopt}}, plan);
    }
    const bool isHost = std::any_of(group.traces.begin(), group.traces.end(),
        [](const TraceWork *trace) { return holdsKvm(*trace) || isForcedHost(*trace); });
    HostPlan plan;
    if (isHost) {
        std::vector<const TraceInfo *> infos;
        for (const TraceWork *trace : group.traces)
            infos.push_back(&trace->info);
        plan = planHost(infos);
    }
    std::vector<HostTrace> used;
    for (const UsedTrace &use : plan.used) {
        TraceWork *trace = group.traces[use.trace];
        used.push_back({trace, use.shiftNs, use.dropped, TimeRange{*trace->info.beginNs, *trace->info.endNs}});
    }
    for (TraceWork *trace : group.traces) {
        if (isHost && holdsKvm(*trace))
            trace->info.role = TraceRole::Host;
        if (std::none_of(used.begin(), used.end(), [&](const HostTrace &u) { return u.work == trace; }))
            m_progress.skip(*trace);
    }
    for (Diagnostic &diagnostic : plan.diagnostics)
        m_recording.diagnostics.push_back(std::move(diagnostic));
    if (!used.empty())
        loadHost(used, plan);
}

// The fault of one stream must not cost the others.
bool Loader::mustReadAnew(const Traces &traces)
{
    return m_opener.separateLost(traces) || m_opener.dropUnopened(traces) || m_opener.splitFailed(traces);
}

// Reads the traces of a host once.
Loader::Ready Loader::mergeInto(const std::vector<HostTrace> &traces, const HostPlan &plan, SwitchesRecorded switches)
{
    Traces works;
    for (const HostTrace &trace : traces)
        works.push_back(trace.work);
    Ready ready;
    const wire::Description &description = works.front()->info.description;
    ready.builder = std::make_unique<TimelineBuilder>(m_recording.reasons, switches,
        Recorded{recordedBy(description), description.hasPid, description.guestThreads,
            std::ranges::any_of(
                works, [](const TraceWork *work) { return declaresMigrations(work->info.description); })});
    BuilderSink sink(*ready.builder);
    m_progress.begin(works);
    HostMerge merge(m_opener, m_pool, plan.allProofs ? ReadMode::HostAllProofs : ReadMode::Host);
    ready.range = merge.run(traces, plan.gaps, sink);
    if (mustReadAnew(works)) {
        m_progress.end();
        for (const TraceWork *work : works)
            m_progress.expect(*work);
        ready = {}; // it takes as much memory as the next one
        return mergeInto(traces, plan, switches);
    }
    ready.marks = std::move(sink.marks);
    m_opener.tellFailures(works);
    m_progress.end();
    return ready;
}

void Loader::loadHost(const std::vector<HostTrace> &traces, const HostPlan &plan)
{
    Traces works;
    for (const HostTrace &trace : traces)
        works.push_back(trace.work);
    Ready ready = mergeInto(traces, plan, declareSwitches(traces) ? SwitchesRecorded::All : SwitchesRecorded::None);
    if (ready.range && ready.builder->lacksSwitchesIn()) {
        ready = {}; // it takes as much memory as the next one
        for (const TraceWork *work : works)
            m_progress.expect(*work);
        ready = mergeInto(traces, plan, SwitchesRecorded::OnlyAway);
    }
    if (!ready.range) {
        for (TraceWork *work : works)
            work->collect();
        return;
    }
    if (std::ranges::none_of(works, [](const TraceWork *work) { return holdsKvm(*work) || isForcedHost(*work); }))
        return; // it declares what never happened: another kernel's trace
    std::uint32_t richness = 0, declared = 0;
    for (const HostTrace &trace : traces) {
        TraceInfo &info = trace.work->info;
        info.role = TraceRole::Host;
        info.used = true;
        trace.work->host = m_recording.hosts.size();
        info.shiftNs = trace.shiftNs;
        richness |= info.richness;
        declared |= declaredKinds(info.description) & ~trace.dropped;
        info.beginNs = shifted(*info.beginNs, trace.shiftNs);
        info.endNs = shifted(*info.endNs, trace.shiftNs);
    }
    m_recording.hosts.push_back(ready.builder->finish(*ready.range));
    m_recording.hosts.back().marks = std::move(ready.marks);
    m_recording.hosts.back().clockEvents.clockOffset = clockOffsetNs(works.front()->info.description);
    for (Diagnostic diagnostic : ready.builder->diagnostics()) {
        if (diagnostic.path.isEmpty())
            diagnostic.path = works.front()->info.path;
        m_recording.diagnostics.push_back(std::move(diagnostic));
    }
    if ((richness & (wire::HasEntry | wire::HasExit)) != 0)
        tellMissing(works.front()->info, richness, declared, m_recording.diagnostics);
}

// What is left when the hosts are known, by guest: as traces of one host, those of one guest have its clock.
std::vector<Loader::Traces> Loader::guests() const
{
    std::vector<Traces> all;
    std::map<std::string, std::size_t> known;
    for (const auto &trace : m_traces) {
        if (!trace->isDescribed || trace->info.role != TraceRole::Guest || trace->info.used)
            continue;
        const std::string key = hostKey(trace->info.description);
        const auto [at, isNew] = key.empty() ? std::pair{known.end(), true} : known.try_emplace(key, all.size());
        (isNew ? all.emplace_back() : all[at->second]).push_back(trace.get());
    }
    return all;
}

void Loader::loadGuest(const Traces &works)
{
    if (m_pool.isCancelled())
        return;
    const Ns offset = clockOffsetNs(works.front()->info.description);
    std::vector<HostTrace> traces;
    for (TraceWork *work : works) {
        const TraceInfo &info = work->info;
        traces.push_back({work, offset - clockOffsetNs(info.description), 0, std::nullopt});
        if (works.size() > 1 && work->isSurveyed && info.beginNs)
            traces.back().surveyed = TimeRange{*info.beginNs, *info.endNs};
    }
    GuestSink sink;
    m_progress.begin(works);
    const auto range = HostMerge(m_opener, m_pool, ReadMode::Guest).run(traces, {}, sink);
    if (mustReadAnew(works)) {
        m_progress.end();
        for (const TraceWork *work : works)
            m_progress.expect(*work);
        return loadGuest(works);
    }
    m_opener.tellFailures(works);
    m_progress.end();
    for (const HostTrace &trace : traces) {
        trace.work->collect();
        trace.work->info.shiftNs = trace.shiftNs;
        tellUnreached(trace.work->info, trace.shiftNs, m_recording.diagnostics);
    }
    if (!range)
        return;
    GuestTrace guest = sink.builder.finish(*range);
    guest.path = works.front()->info.path;
    guest.clockOffset = offset;
    for (std::size_t i = 0; i < m_traces.size(); ++i)
        if (std::ranges::find(works, m_traces[i].get()) != works.end())
            guest.traces.push_back(i);
    if (!guest.cpus.empty())
        m_recording.guests.push_back(std::move(guest));
}

void Loader::tellAll()
{
    m_recording.places = placesOf(m_traces, m_options);
    bool anyKvm = false, anyRead = false;
    for (const auto &trace : m_traces) {
        tellTrace(*trace, m_recording.diagnostics);
        anyKvm = anyKvm || holdsKvm(*trace);
        anyRead = anyRead || trace->isDescribed;
        m_recording.traces.push_back(std::move(trace->info));
    }
    tellUnknownIsa(m_recording, m_recording.diagnostics);
    if (anyRead && !anyKvm && !m_pool.isCancelled())
        tellNoKvm(m_recording.traces, m_recording.diagnostics);
    if (m_recording.hosts.size() > 1)
        m_recording.diagnostics.push_back(makeDiagnostic(Code::SeveralHosts,
            QStringLiteral("the traces are of %1 hosts, or do not say that they are of one (no clock uuid and hostname "
                           "in common; --join says that they are); their times are not compared")
                .arg(m_recording.hosts.size()),
            {}, static_cast<std::int64_t>(m_recording.hosts.size())));
    dropRepetitions(m_recording.diagnostics);
}

} // namespace exitscope
