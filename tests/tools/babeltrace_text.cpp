// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/tools/babeltrace_text.h"

#include <QRegularExpression>
#include <QStandardPaths>

#include <algorithm>

#include "tests/tools/program.h"

namespace exitscope::test {

namespace {

const QString kProgram = QStringLiteral("babeltrace2");

// "[1795386299.019930522] l1host irq_softirq_raise: { cpu_id = 1 }, …"
EventText eventOf(const QByteArray &line)
{
    const qsizetype point = line.indexOf('.');
    const qsizetype close = line.indexOf(']');
    const Ns time
        = line.mid(1, point - 1).toLongLong() * 1'000'000'000 + line.mid(point + 1, close - point - 1).toLongLong();
    const qsizetype fields = line.indexOf(": {", close);
    const qsizetype nameEnd = fields < 0 ? line.lastIndexOf(':') : fields;
    const qsizetype name = line.lastIndexOf(' ', nameEnd - 1) + 1;
    return {time, line.mid(name, nameEnd - name) + ' ' + (fields < 0 ? QByteArray() : line.mid(fields + 2))};
}

bool areSame(const EventText &ours, const EventText &theirs)
{
    if (ours == theirs)
        return true;
    if (ours.first != theirs.first || !ours.second.contains("\"\""))
        return false;
    const QString any = QStringLiteral(R"("(?:[^"\\]|\\.)*")");
    QString pattern = QRegularExpression::escape(QString::fromUtf8(ours.second));
    pattern.replace(QStringLiteral(R"(\"\")"), any);
    return QRegularExpression(QRegularExpression::anchoredPattern(pattern))
        .match(QString::fromUtf8(theirs.second))
        .hasMatch();
}

} // namespace

bool hasBabeltrace()
{
    return !QStandardPaths::findExecutable(kProgram).isEmpty();
}

std::vector<EventText> babeltraceEvents(const QString &directory)
{
    const ProgramResult result = runProgram(kProgram,
        {QStringLiteral("--clock-gmt"), QStringLiteral("--clock-seconds"), QStringLiteral("--no-delta"), directory});
    std::vector<EventText> events;
    for (const QByteArray &line : result.out.split('\n'))
        if (line.startsWith('['))
            events.push_back(eventOf(line));
    if (events.empty())
        qFatal("babeltrace2 prints no event of %s: %s", qPrintable(directory), qPrintable(result.err));
    std::ranges::sort(events);
    return events;
}

EventText textOf(const RawEvent &event)
{
    return {event.timeNs, QByteArray::fromStdString(event.name + " " + fieldsText(event.fields))};
}

QByteArray difference(const std::vector<EventText> &ours, const std::vector<EventText> &theirs)
{
    // Of one time in any order.
    for (std::size_t first = 0; first < std::max(ours.size(), theirs.size());) {
        if (first >= ours.size() || first >= theirs.size())
            return QByteArray::number(qulonglong(ours.size())) + " events, and theirs are "
                + QByteArray::number(qulonglong(theirs.size()));
        std::size_t last = first;
        while (last < theirs.size() && theirs[last].first == theirs[first].first)
            ++last;
        std::vector<EventText> left(theirs.begin() + qsizetype(first), theirs.begin() + qsizetype(last));
        for (; first < last && first < ours.size(); ++first) {
            auto same = std::ranges::find(left, ours[first]);
            if (same == left.end())
                same = std::ranges::find_if(left, [&](const EventText &other) { return areSame(ours[first], other); });
            if (same == left.end())
                return QByteArray::number(ours[first].first) + ' ' + ours[first].second + "\nand theirs\n"
                    + QByteArray::number(left.front().first) + ' ' + left.front().second;
            left.erase(same);
        }
    }
    return {};
}

std::vector<EventText> between(const std::vector<EventText> &events, Ns from, Ns to)
{
    std::vector<EventText> found;
    std::ranges::copy_if(events, std::back_inserter(found),
        [&](const EventText &event) { return event.first >= from && event.first < to; });
    return found;
}

} // namespace exitscope::test
