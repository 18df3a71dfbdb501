// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/model/guest/naive_guest.h"

#include <QProcess>
#include <QRegularExpression>

#include <algorithm>
#include <vector>

#include "tests/tools/program.h"

namespace exitscope::naive {

namespace {

struct Line {
    qint64 ns = 0;
    int cpu = 0;
    int tid = 0; // by its context
    QString name;
    QString fields;

    int number(const QString &field) const
    {
        const QRegularExpression value(QStringLiteral("\\b%1 = (-?\\d+)").arg(field));
        const QRegularExpressionMatch match = value.match(fields);
        return match.hasMatch() ? match.captured(1).toInt() : -1;
    }
};

std::vector<Line> linesOf(const QString &trace)
{
    const test::ProgramResult run = test::runProgram(
        QStringLiteral("babeltrace2"), {QStringLiteral("--clock-seconds"), QStringLiteral("--no-delta"), trace});
    static const QRegularExpression form(
        QStringLiteral("^\\[(\\d+)\\.(\\d{9})\\] (?:\\S+ )?(\\w+): \\{ cpu_id = (\\d+) \\}(?:, \\{ tid = (\\d+), pid = "
                       "\\d+, procname[^}]*\\})?(.*)$"));
    std::vector<Line> lines;
    for (const QByteArray &text : run.out.split('\n')) {
        const QRegularExpressionMatch match = form.match(QString::fromUtf8(text));
        if (match.hasMatch())
            lines.push_back({match.captured(1).toLongLong() * 1'000'000'000 + match.captured(2).toLongLong(),
                match.captured(4).toInt(), match.hasCaptured(5) ? match.captured(5).toInt() : -1, match.captured(3),
                match.captured(6)});
    }
    return lines;
}

// On each CPU the thread that its first switch takes off.
std::map<int, int> firstThreads(const std::vector<Line> &lines)
{
    std::map<int, int> threads;
    for (const Line &line : lines)
        if (line.name == QStringLiteral("sched_switch"))
            threads.try_emplace(line.cpu, line.number(QStringLiteral("prev_tid")));
    return threads;
}

// Where no context tells it, by the switches.
void fillThreads(std::vector<Line> &lines)
{
    std::map<int, int> current = firstThreads(lines);
    for (Line &line : lines) {
        if (line.tid < 0 && current.contains(line.cpu))
            line.tid = current[line.cpu];
        if (line.name == QStringLiteral("sched_switch"))
            current[line.cpu] = line.number(QStringLiteral("next_tid"));
    }
}

// What a thread's calls do, at a line: begins (+), ends (-), or it is made within one (f).
struct Step {
    std::size_t line;
    char what;
    QString call;
};
using Steps = std::map<int, std::vector<Step>>; // by tid

// Numbers of calls that LTTng names "unknown".
QString callOf(const Line &line, const QString &prefix)
{
    const QString name = line.name.mid(prefix.size());
    static const std::map<int, QString> kUnnamed{{15, QStringLiteral("rt_sigreturn")},
        {158, QStringLiteral("arch_prctl")}, {318, QStringLiteral("getrandom")}, {435, QStringLiteral("clone3")},
        {334, QStringLiteral("rseq")}};
    const auto known
        = name == QStringLiteral("unknown") ? kUnnamed.find(line.number(QStringLiteral("id"))) : kUnnamed.end();
    return known == kUnnamed.end() ? name : known->second;
}

QString callAt(const Steps &steps, int tid, std::size_t line)
{
    const auto of = steps.find(tid);
    if (of == steps.end())
        return QStringLiteral("unknown");
    const auto next = std::ranges::upper_bound(of->second, line, {}, &Step::line);
    if (next != of->second.begin()) {
        const Step &last = *std::prev(next);
        return last.what == '-' ? QStringLiteral("user") : QString(QStringLiteral("syscall ") + last.call);
    }
    if (next->what == 'f')
        return QStringLiteral("unknown");
    return next->what == '-' ? QString(QStringLiteral("syscall ") + next->call) : QStringLiteral("user");
}

Steps stepsOf(const std::vector<Line> &lines)
{
    const QString entry = QStringLiteral("syscall_entry_"), exit = QStringLiteral("syscall_exit_");
    Steps steps;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const Line &line = lines[i];
        const bool begins = line.name.startsWith(entry);
        if (begins || line.name.startsWith(exit)) {
            const QString call = callOf(line, begins ? entry : exit);
            if (call != QStringLiteral("rt_sigreturn"))
                steps[line.tid].push_back({i, begins ? '+' : '-', call});
        } else if (line.name == QStringLiteral("sched_process_fork") && !steps[line.tid].empty()
            && steps[line.tid].back().what == '+') {
            steps[line.number(QStringLiteral("child_tid"))].push_back({i, 'f', steps[line.tid].back().call});
        }
    }
    return steps;
}

// Which are kernel threads, as the state dump says at any time, or who made them.
std::map<int, bool> kernelThreads(const std::vector<Line> &lines)
{
    std::map<int, bool> threads;
    for (const Line &line : lines) {
        if (line.name == QStringLiteral("lttng_statedump_process_state") && line.number(QStringLiteral("type")) == 1)
            threads[line.number(QStringLiteral("tid"))] = true;
        if (line.name == QStringLiteral("sched_process_fork") && line.number(QStringLiteral("parent_tid")) == 2)
            threads[line.number(QStringLiteral("child_tid"))] = true;
    }
    return threads;
}

struct Cpu {
    int tid = -1;
    bool isCalm = false; // nothing can be open that was not told
    QStringList open;
};

bool isSoftirq(const Line &line)
{
    return line.name.startsWith(QStringLiteral("irq_softirq_e"));
}

void interrupt(Cpu &cpu, const Line &line, bool anySoftirqs, std::map<QString, qint64> &handlers)
{
    const bool isSoft = isSoftirq(line);
    const bool isTimer = line.name.startsWith(QStringLiteral("timer_hrtimer_expire_e"));
    const bool isHandler = line.name.startsWith(QStringLiteral("irq_handler_e"));
    if (!isSoft && !isTimer && !isHandler)
        return;
    if (line.name.endsWith(QStringLiteral("_entry"))) {
        if (isTimer && cpu.open.isEmpty() && !cpu.isCalm && anySoftirqs) { // in one that began before
            cpu.open.append(QStringLiteral("unknown"));
            return;
        }
        const bool isOfSoftirq = isTimer && cpu.open.endsWith(QStringLiteral("softirq 8"));
        cpu.open.append(isTimer ? (isOfSoftirq ? QStringLiteral("softirq 8") : QStringLiteral("timer"))
                : isSoft        ? QStringLiteral("softirq %1").arg(line.number(QStringLiteral("vec")))
                                : QStringLiteral("irq %1").arg(line.number(QStringLiteral("irq"))));
        handlers[cpu.open.last()] += isOfSoftirq ? 0 : 1;
    } else if (!cpu.open.isEmpty()) {
        cpu.open.removeLast(); // they are nested
    }
    if (isSoft)
        cpu.isCalm = true;
}

} // namespace

NaiveGuest readGuest(const QString &trace)
{
    std::vector<Line> lines = linesOf(trace);
    fillThreads(lines);
    const Steps steps = stepsOf(lines);
    const std::map<int, bool> ofKernel = kernelThreads(lines);
    NaiveGuest guest;
    std::map<int, Cpu> cpus;
    for (const auto &[cpu, tid] : firstThreads(lines))
        cpus[cpu].tid = tid;
    std::map<int, std::pair<QString, qint64>> entered;
    const bool anySoftirqs = std::ranges::any_of(lines, isSoftirq);
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const Line &line = lines[i];
        Cpu &cpu = cpus[line.cpu];
        interrupt(cpu, line, anySoftirqs, guest.handlers);
        if (line.name == QStringLiteral("sched_switch"))
            cpu.tid = line.number(QStringLiteral("next_tid"));
        const bool begins = line.name.startsWith(QStringLiteral("syscall_entry_"));
        if (begins || line.name.startsWith(QStringLiteral("syscall_exit_"))
            || line.name == QStringLiteral("sched_switch")) {
            cpu.open.clear();
            cpu.isCalm = cpu.isCalm || line.name != QStringLiteral("syscall_entry_rt_sigreturn");
        }
        const QString call = callOf(line, begins ? QStringLiteral("syscall_entry_") : QStringLiteral("syscall_exit_"));
        if (begins && call != QStringLiteral("rt_sigreturn")) {
            ++guest.calls[call];
            entered[line.tid] = {call, line.ns};
        } else if (line.name.startsWith(QStringLiteral("syscall_exit_")) && entered.contains(line.tid)) {
            guest.callNs[entered[line.tid].first] += line.ns - entered[line.tid].second;
            entered.erase(line.tid);
        }
        const QString who = cpu.tid < 0 ? QStringLiteral("?") : QString::number(cpu.tid);
        const QString what = !cpu.open.isEmpty() ? cpu.open.last()
            : !cpu.isCalm || cpu.tid < 0         ? QStringLiteral("unknown")
            : cpu.tid == 0                       ? QStringLiteral("idle")
            : ofKernel.contains(cpu.tid)         ? QStringLiteral("kernel")
                                                 : callAt(steps, cpu.tid, i);
        guest.contexts[line.cpu].append(who + QLatin1Char(' ') + what);
    }
    return guest;
}

} // namespace exitscope::naive
