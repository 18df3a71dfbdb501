// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/statistics/selection_parser.h"

#include <QRegularExpression>

#include <algorithm>
#include <map>

#include "model/reference/csv.h"
#include "model/reference/target_names.h"
#include "model/statistics/userspace_text.h"
#include "model/vcpu_walk.h"

namespace exitscope {

namespace {

constexpr QChar kComma = QLatin1Char(',');

// Digits before and after the point, as ns; nothing if it is finer than that or too large.
std::optional<Ns> scaled(const QString &whole, const QString &fraction, int digitsOfUnit)
{
    QString kept = fraction;
    while (kept.endsWith(QLatin1Char('0')))
        kept.chop(1);
    if (kept.size() > digitsOfUnit)
        return std::nullopt;
    bool ok = false;
    const QString digits = whole % kept.leftJustified(digitsOfUnit, QLatin1Char('0'));
    const Ns ns = digits.toLongLong(&ok);
    return ok ? std::optional(ns) : std::nullopt;
}

std::optional<Ns> offsetOf(const QString &text)
{
    static const std::map<QString, int> kDigitsOfUnit{{QStringLiteral("s"), 9}, {QStringLiteral("ms"), 6},
        {QStringLiteral("us"), 3}, {QStringLiteral("µs"), 3}, {QStringLiteral("ns"), 0}};
    static const QRegularExpression pattern(
        QRegularExpression::anchoredPattern(QStringLiteral("\\+([0-9]+)(?:\\.([0-9]+))?([mnuµ]?s)")));
    const QRegularExpressionMatch match = pattern.match(text);
    if (!match.hasMatch())
        return std::nullopt;
    return scaled(match.captured(1), match.captured(2), kDigitsOfUnit.at(match.captured(3)));
}

// Decimal, or hexadecimal with 0x.
std::uint64_t numberOf(const QString &text, bool &ok)
{
    return text.startsWith(QLatin1String("0x"), Qt::CaseInsensitive) ? text.mid(2).toULongLong(&ok, 16)
                                                                     : text.toULongLong(&ok);
}

// As in CSV: what holds a comma may stand in quotes.
QStringList listed(const QString &text)
{
    const auto records = parseCsv(text);
    return records && records->size() == 1 ? records->front() : text.split(kComma);
}

QString listOf(const QStringList &texts)
{
    return texts.isEmpty() ? QStringLiteral("none") : texts.join(QStringLiteral(", "));
}

QStringList idsOf(const Recording &recording)
{
    QStringList result;
    for (const VcpuAt &vcpu : vcpusOf(recording))
        result << vcpu.id();
    return result;
}

QStringList reasonsOf(const Recording &recording)
{
    QStringList result;
    for (std::size_t i = 0; i < recording.reasons.size(); ++i)
        result << recording.reasons[i].name;
    result.sort();
    return result;
}

QStringList scenarioNames()
{
    QStringList result;
    for (const std::string_view scenario : kScenarioNames)
        result << QString::fromUtf8(scenario);
    return result;
}

class SelectionParser {
public:
    SelectionParser(const Recording &recording, QString &error) : m_recording(recording), m_error(error) { }

    bool parse(const SelectionTexts &texts)
    {
        return addTimes(texts) && addVcpus(texts.vcpus) && addReasons(texts.reasons) && addScenarios(texts.scenarios)
            && addBand(texts) && addAddresses(texts.addresses) && addPcpus(texts.pcpus)
            && addTargets(texts.targets, texts.regions) && addUserspace(texts.userspace) && addTouches(texts.touches);
    }

    Selection selection;

private:
    bool fail(const QString &message)
    {
        m_error = message;
        return false;
    }

    bool addTimes(const SelectionTexts &texts);
    bool addVcpus(const QStringList &texts);
    bool addReasons(const QStringList &texts);
    bool addScenarios(const QStringList &texts);
    bool addBand(const SelectionTexts &texts);
    bool addDuration(const QString &text, std::optional<Ns> &duration);
    bool addAddresses(const QStringList &texts);
    bool addPcpus(const QStringList &texts);
    bool addTargets(const QStringList &targets, const QStringList &regions);
    bool addUserspace(const QStringList &texts);
    bool addTouches(const QStringList &texts);
    std::optional<Target> target(const QString &text);

    const Recording &m_recording;
    QString &m_error;
};

bool SelectionParser::addTimes(const SelectionTexts &texts)
{
    const std::optional<Ns> origin = originOf(m_recording);
    if (!texts.from.isEmpty() && !(selection.from = parseTime(texts.from, origin, m_error)))
        return false;
    if (!texts.to.isEmpty() && !(selection.to = parseTime(texts.to, origin, m_error)))
        return false;
    if (selection.from && selection.to && *selection.to < *selection.from)
        return fail(QStringLiteral("the range ends (%1) before it begins (%2)").arg(texts.to, texts.from));
    return true;
}

// A VM's name may hold a comma, or quotes: the whole text is tried first.
bool SelectionParser::addVcpus(const QStringList &texts)
{
    const QStringList known = idsOf(m_recording);
    for (const QString &text : texts) {
        const QStringList ids = known.contains(text) ? QStringList{text} : listed(text);
        for (const QString &id : ids) {
            if (!known.contains(id))
                return fail(QStringLiteral("there is no vCPU '%1'; there are: %2").arg(id, listOf(known)));
            for (const VcpuAt &vcpu : vcpusNamed(m_recording, id))
                selection.vcpus.insert(vcpu.key);
        }
    }
    return true;
}

bool SelectionParser::addReasons(const QStringList &texts)
{
    for (const QString &text : texts) {
        for (const QString &name : text.split(kComma)) {
            const std::vector<ReasonKey> keys = reasonsNamed(name);
            if (keys.empty())
                return fail(QStringLiteral("there is no exit reason '%1'; in this recording there are: %2 "
                                           "(or give isa:code, such as 2:96 or 1:0x10000)")
                                .arg(name, listOf(reasonsOf(m_recording))));
            selection.reasons.insert(keys.begin(), keys.end());
        }
    }
    return true;
}

bool SelectionParser::addScenarios(const QStringList &texts)
{
    const QStringList known = scenarioNames();
    for (const QString &text : texts) {
        for (const QString &name : text.split(kComma)) {
            const qsizetype index = known.indexOf(name);
            if (index < 0)
                return fail(QStringLiteral("there is no scenario '%1'; there are: %2").arg(name, listOf(known)));
            selection.scenarios.insert(static_cast<Scenario>(index));
        }
    }
    return true;
}

bool SelectionParser::addBand(const SelectionTexts &texts)
{
    if (!addDuration(texts.minNs, selection.minNs) || !addDuration(texts.maxNs, selection.maxNs))
        return false;
    if (selection.minNs && selection.maxNs && *selection.maxNs < *selection.minNs)
        return fail(
            QStringLiteral("the longest duration (%1) is below the shortest (%2)").arg(texts.maxNs, texts.minNs));
    return true;
}

bool SelectionParser::addDuration(const QString &text, std::optional<Ns> &duration)
{
    if (text.isEmpty())
        return true;
    bool ok = false;
    duration = text.toLongLong(&ok);
    return (ok && *duration >= 0) || fail(QStringLiteral("'%1' is no duration; give whole nanoseconds").arg(text));
}

bool SelectionParser::addAddresses(const QStringList &texts)
{
    for (const QString &text : texts) {
        for (const QString &address : text.split(kComma)) {
            bool ok = false;
            selection.addresses.insert(numberOf(address, ok));
            if (!ok)
                return fail(
                    QStringLiteral("'%1' is no address; give it as 'exits' prints guest_rip: 0xffffffff81158515")
                        .arg(address));
        }
    }
    return true;
}

bool SelectionParser::addPcpus(const QStringList &texts)
{
    for (const QString &text : texts) {
        for (const QString &pcpu : text.split(kComma)) {
            bool ok = pcpu == noneText();
            const std::uint64_t number = ok ? 0 : numberOf(pcpu, ok);
            if (!ok || number > std::uint64_t(kMaxPcpu))
                return fail(QStringLiteral("'%1' is no pCPU; give its number, or 'none' for exits of which it is not "
                                           "known")
                                .arg(pcpu));
            selection.pcpus.insert(pcpu == noneText() ? kNoPcpu : std::int32_t(number));
        }
    }
    return true;
}

std::optional<Target> SelectionParser::target(const QString &text)
{
    const std::optional<Target> target = targetOfCode(text);
    if (!target)
        fail(QStringLiteral("'%1' is no target; give KIND:VALUE such as port:0x3f8, or 'none'; kinds are: %2")
                 .arg(text, listOf(targetKindNames())));
    return target;
}

bool SelectionParser::addTargets(const QStringList &targets, const QStringList &regions)
{
    for (const QString &text : targets.isEmpty() ? QStringList() : targets.join(kComma).split(kComma)) {
        const std::optional<Target> one = target(text);
        if (!one)
            return false;
        selection.targets.insert(*one);
    }
    for (const QString &text : regions.isEmpty() ? QStringList() : regions.join(kComma).split(kComma)) {
        const std::optional<Target> one = target(text);
        if (!one)
            return false;
        selection.regions.insert(one->region());
    }
    return true;
}

bool SelectionParser::addUserspace(const QStringList &texts)
{
    for (const QString &text : texts) {
        for (const QString &name : text.split(kComma)) {
            const std::optional<std::uint8_t> userspace = userspaceNamed(name);
            if (!userspace)
                return fail(QStringLiteral("there is no exit to user space '%1'; give a name such as KVM_EXIT_IO, or "
                                           "none, unknown, failed, other")
                                .arg(name));
            selection.userspace.insert(*userspace);
        }
    }
    return true;
}

bool SelectionParser::addTouches(const QStringList &texts)
{
    QStringList known;
    for (int i = 0; i < kPageTouches; ++i) {
        const std::string_view touch = exitscope::name(static_cast<PageTouch>(i));
        known << QString::fromLatin1(touch.data(), qsizetype(touch.size()));
    }
    for (const QString &text : texts) {
        for (const QString &name : text.split(kComma)) {
            const qsizetype index = known.indexOf(name);
            if (index < 0)
                return fail(QStringLiteral("there is no touch of a page '%1'; there are: %2").arg(name, listOf(known)));
            selection.touches.insert(static_cast<PageTouch>(index));
        }
    }
    return true;
}

} // namespace

QString noneText()
{
    return QStringLiteral("none");
}

std::optional<Ns> parseTime(const QString &text, std::optional<Ns> origin, QString &error)
{
    bool ok = false;
    if (const Ns ns = text.toLongLong(&ok); ok && !text.startsWith(QLatin1Char('+')))
        return ns;
    const std::optional<Ns> offset = offsetOf(text);
    if (!offset) {
        error = QStringLiteral("'%1' is no time; give nanoseconds on the host's trace clock, or an offset from its "
                               "first event such as +3.18s, +250ms, +10us or +5ns")
                    .arg(text);
        return std::nullopt;
    }
    Ns result = 0;
    if (!origin || __builtin_add_overflow(*origin, *offset, &result)) {
        error = QStringLiteral("'%1' cannot be counted: there is no host trace that holds that time").arg(text);
        return std::nullopt;
    }
    return result;
}

std::optional<Ns> originOf(const Recording &recording)
{
    std::optional<Ns> origin;
    for (const TraceInfo &trace : recording.traces)
        if (trace.used && trace.role == TraceRole::Host && trace.beginNs)
            origin = std::min(origin.value_or(*trace.beginNs), *trace.beginNs);
    return origin;
}

std::optional<Selection> parseSelection(const SelectionTexts &texts, const Recording &recording, QString &error)
{
    SelectionParser parser(recording, error);
    return parser.parse(texts) ? std::optional(parser.selection) : std::nullopt;
}

} // namespace exitscope
