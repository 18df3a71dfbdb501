// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/causes/finding_rules.h"

#include <QStringList>

#include <algorithm>
#include <array>

#include "model/reference/tables.h"
#include "model/reference/target_names.h"

namespace exitscope {

namespace {

template <typename T>
struct Word {
    const char *text;
    T value;
};

template <typename T, std::size_t N>
std::optional<T> valueOf(const std::array<Word<T>, N> &words, const QString &text)
{
    for (const Word<T> &word : words)
        if (text == QLatin1String(word.text))
            return word.value;
    return std::nullopt;
}

constexpr std::array kMeasures{Word{"exits", FindingMeasure::Exits}, Word{"pair", FindingMeasure::Pair},
    Word{"short-sleeps", FindingMeasure::ShortSleeps}, Word{"blocked", FindingMeasure::Blocked},
    Word{"taken", FindingMeasure::Taken}, Word{"wanders", FindingMeasure::Wanders},
    Word{"unknown", FindingMeasure::Unknown}};

constexpr std::array kSureness{Word{"cause", FindingSureness::Cause}, Word{"exits", FindingSureness::Exits},
    Word{"halts", FindingSureness::Halts}, Word{"moves", FindingSureness::Moves},
    Word{"switches", FindingSureness::Switches}, Word{"losses", FindingSureness::Losses}};

// Of the first `count` of an enumeration, the one with that name().
template <typename T>
std::optional<T> named(const QString &text, int count)
{
    for (int i = 0; i < count; ++i) {
        const std::string_view known = name(static_cast<T>(i));
        if (text == QLatin1String(known.data(), qsizetype(known.size())))
            return static_cast<T>(i);
    }
    return std::nullopt;
}

// "port:0x3f8-0x3ff", "msr:0x6e0", "port:any"
std::optional<ExitMatch::Targets> targetsOf(const QString &text)
{
    const QStringList parts = text.split(QLatin1Char(':'));
    const auto kind = targetKindNamed(parts.front());
    if (parts.size() != 2 || !kind)
        return std::nullopt;
    if (parts[1] == QLatin1String("any"))
        return ExitMatch::Targets{*kind, 0, Target::kValues - 1};
    const QStringList ends = parts[1].split(QLatin1Char('-'));
    bool isFirst = false;
    bool isLast = false;
    const ExitMatch::Targets targets{
        *kind, ends.front().toULongLong(&isFirst, 16), ends.back().toULongLong(&isLast, 16)};
    return isFirst && isLast && ends.size() <= 2 && targets.first <= targets.last ? std::optional(targets)
                                                                                  : std::nullopt;
}

class MatchParser {
public:
    explicit MatchParser(QString &error) : m_error(error) { }

    bool take(const QString &term);
    ExitMatch take() { return std::move(m_match); }

private:
    bool takeValue(const QString &name, const QString &value);

    QString &m_error;
    ExitMatch m_match;
};

bool MatchParser::take(const QString &term)
{
    const qsizetype equals = term.indexOf(QLatin1Char('='));
    for (const QString &value : term.mid(equals + 1).split(QLatin1Char('|')))
        if (equals < 0 || !takeValue(term.left(equals), value)) {
            m_error = QStringLiteral("'%1' says nothing of exits").arg(term);
            return false;
        }
    return true;
}

bool MatchParser::takeValue(const QString &name, const QString &value)
{
    if (name == QLatin1String("reason")) {
        const std::vector<ReasonKey> reasons = reasonsNamed(value);
        m_match.reasons.insert(reasons.begin(), reasons.end());
        return !reasons.empty();
    }
    if (name == QLatin1String("class")) {
        m_match.className = value;
        return true;
    }
    if (name == QLatin1String("scenario")) {
        m_match.scenario = named<Scenario>(value, kScenarios);
        return m_match.scenario.has_value();
    }
    if (name == QLatin1String("touch")) {
        m_match.touch = named<PageTouch>(value, kPageTouches);
        return m_match.touch.has_value();
    }
    if (name == QLatin1String("handler")) {
        m_match.ofUnknownHandler = value == QLatin1String("unknown");
        return m_match.ofUnknownHandler;
    }
    const auto targets = name == QLatin1String("target") ? targetsOf(value) : std::nullopt;
    if (targets)
        m_match.targets.push_back(*targets);
    return targets.has_value();
}

// The table is built into the program: it can only be wrong if the build is.
[[noreturn]] void failOn(const QString &id, const QString &why)
{
    qFatal("The built-in finding %s: %s", qPrintable(id), qPrintable(why));
}

std::set<TakerKind> takersOf(const QString &id, const QString &text)
{
    std::set<TakerKind> kinds;
    for (const QString &word : text.split(QLatin1Char('|'))) {
        const auto known = std::ranges::find_if(kTakerKindTable, [&](const TakerKindInfo &kind) {
            return word == QLatin1String(kind.name.data(), qsizetype(kind.name.size()));
        });
        if (known == kTakerKindTable.end())
            failOn(id, QStringLiteral("nobody is '%1'").arg(word));
        kinds.insert(known->kind);
    }
    return kinds;
}

void readMatches(FindingRule &rule, const QString &text)
{
    const QStringList matches = text.split(QStringLiteral(" then "));
    QString error;
    const auto match = parseExitMatch(matches.front(), error);
    const auto follower = parseExitMatch(matches.size() > 1 ? matches[1] : QString(), error);
    if (!match || !follower)
        failOn(rule.id, error);
    rule.match = *match;
    rule.follower = *follower;
}

FindingRule ruleOf(const QStringList &row)
{
    enum Column { Id, Measure, Match, LeastPercent, LeastPerSecond, Sure, Title, Advice };
    FindingRule rule;
    rule.id = row.at(Id);
    const auto measure = valueOf(kMeasures, row.at(Measure));
    const auto sureness = valueOf(kSureness, row.at(Sure));
    if (!measure || !sureness)
        failOn(rule.id, QStringLiteral("a measure or a sureness that there is not"));
    rule.measure = *measure;
    rule.sureness = *sureness;
    if (rule.measure == FindingMeasure::Taken)
        rule.takers = takersOf(rule.id, row.at(Match));
    else
        readMatches(rule, row.at(Match));
    rule.leastPercent = row.at(LeastPercent).toDouble();
    rule.leastPerSecond = row.at(LeastPerSecond).toDouble();
    rule.title = row.at(Title);
    rule.advice = row.at(Advice);
    return rule;
}

} // namespace

bool ExitMatch::fitsReason(const ExitReason &reason) const
{
    return (reasons.empty() || reasons.contains(reason.key)) && (className.isEmpty() || className == reason.className);
}

bool ExitMatch::fits(const ExitColumns &exits, std::size_t i) const
{
    if (scenario && *scenario != exits.scenario(i))
        return false;
    if (touch && *touch != exits.touch(i))
        return false;
    const Target target = exits.target(i);
    return targets.empty() || std::ranges::any_of(targets, [target](const Targets &of) {
        return of.kind == target.kind() && target.value() >= of.first && target.value() <= of.last;
    });
}

std::optional<ExitMatch> parseExitMatch(const QString &text, QString &error)
{
    MatchParser parser(error);
    for (const QString &term : text.split(QLatin1Char(' '), Qt::SkipEmptyParts))
        if (!parser.take(term))
            return std::nullopt;
    return parser.take();
}

std::span<const FindingRule> findingRules()
{
    static const std::vector<FindingRule> kRules = [] {
        std::vector<FindingRule> rules;
        for (const QStringList &row : tableRows(QStringLiteral("findings.csv")))
            rules.push_back(ruleOf(row));
        return rules;
    }();
    return kRules;
}

QString surenessName(FindingSureness sureness)
{
    for (const auto &[text, known] : kSureness)
        if (known == sureness)
            return QString::fromLatin1(text);
    return {};
}

QString surenessText(FindingSureness sureness)
{
    switch (sureness) {
    case FindingSureness::Cause:
        return QStringLiteral("the exits themselves say what the guest did");
    case FindingSureness::Exits:
        return QStringLiteral("the exits are counted; the advice is what helps mostly");
    case FindingSureness::Halts:
        return QStringLiteral("the sleeps are counted; what polling would cost depends on the guest");
    case FindingSureness::Moves:
        return QStringLiteral("the moves are counted; what they cost (cold caches) is not known");
    case FindingSureness::Switches:
        return QStringLiteral("sched_switch says who ran where the vCPU waited");
    case FindingSureness::Losses:
        return QStringLiteral("what happened then is not known");
    }
    return {};
}

} // namespace exitscope
