// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "tests/views/made_guest.h"
#include "views/chart/custom_plot.h"
#include "views/panels/details_panel.h"
#include "views/panels/guest_clock_text.h"
#include "views/timeline/timeline_chart.h"
#include "views/timeline/timeline_tooltip.h"

using namespace exitscope;
using namespace exitscope::testing;

// The guest's threads in the timeline, where its events do not fit, and whom an exit interrupted.
class TestTimelineGuests : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void threadsAreCutToGuestMode();
    void threadsHaveNamesWhereThereIsRoom();
    void stripIsOptional();
    void endOfTheGuestsTraceIsMarked();
    void misfitsAreMarked();
    void shiftMovesTheRow();
    void toolTipNamesWhomTheExitInterrupted();
    void detailsNameTheThread();
    void nearSwitchesBothAreNamed();
    void picturesHaveTheThreadsColours();
    void factsTellHowSureItIs();
    void factsTellOfSeveralMaps();

private:
    ChartInput input(const ClockChoices &choices = {}) const;
    std::shared_ptr<const TimelineLayout> layout(const ClockChoices &choices = {}, TimelineOptions options = {});
    QString toolTip(const TimelineLayout &shown, Ns sinceBegin) const;

    std::shared_ptr<const Recording> m_recording;
    TimeRange m_visible;
    std::unique_ptr<QCustomPlot> m_plot;
    ExitIndexCache m_exits;
};

void TestTimelineGuests::init()
{
    m_recording = makeGuestRecording();
    m_visible = {kMadeBegin, kMadeBegin + 20'000}; // 20 px to the µs
    m_plot = std::make_unique<QCustomPlot>();
    m_exits.update(m_recording, {});
}

ChartInput TestTimelineGuests::input(const ClockChoices &choices) const
{
    ViewValues values;
    values.visible = m_visible;
    return {m_recording, std::make_shared<const Numbers>(), values, Theme::light(),
        std::make_shared<const ShownGuests>(showGuests(makeGuestMaps(m_recording), choices)), m_exits};
}

std::shared_ptr<const TimelineLayout> TestTimelineGuests::layout(const ClockChoices &choices, TimelineOptions options)
{
    return buildTimeline(*m_plot, input(choices), {600, 300}, options);
}

QString TestTimelineGuests::toolTip(const TimelineLayout &shown, Ns sinceBegin) const
{
    const QPointF at(
        shown.scale.timeToPx(kMadeBegin + sinceBegin), shown.rows.back().lane(LaneKind::States).center().y());
    return timelineToolTip(shown, at, *m_exits.passing());
}

void TestTimelineGuests::threadsAreCutToGuestMode()
{
    const auto shown = layout();
    QCOMPARE(shown->guests.size(), std::size_t(10)); // one for each run
    const double us = shown->scale.timeToPx(kMadeBegin + 1000) - shown->scale.timeToPx(kMadeBegin);
    for (std::size_t i = 0; i < 10; ++i) {
        const GuestRect &guest = shown->guests[i];
        QCOMPARE(guest.tid, i < 5 ? 7 : i < 8 ? 0 : 8);
        const double left = shown->scale.timeToPx(kMadeBegin + Ns(i) * 2000);
        QVERIFY(std::abs(guest.rect.left() - left) <= 1);
        QVERIFY(std::abs(guest.rect.width() - us) <= 2);
        QVERIFY(shown->rows.back().lane(LaneKind::Guests).contains(guest.rect.center()));
    }
    QVERIFY(shown->rows.back().lane(LaneKind::Guests).top() >= shown->rows.back().lane(LaneKind::States).bottom());
}

void TestTimelineGuests::threadsHaveNamesWhereThereIsRoom()
{
    QVERIFY(layout()->guestLabels.empty()); // too narrow
    m_visible = {kMadeBegin, kMadeBegin + 3'000};
    const auto shown = layout();
    QCOMPARE(shown->guestLabels.size(), std::size_t(2));
    QCOMPARE(shown->guestLabels[0].text, QStringLiteral("storm (tid 7)"));
    QVERIFY(shown->guests[0].rect.contains(shown->guestLabels[0].rect));
}

void TestTimelineGuests::stripIsOptional()
{
    const auto without = layout({}, {.guests = false});
    QVERIFY(without->guests.empty());
    QVERIFY(without->rows.back().lane(LaneKind::Guests).isEmpty());
    QVERIFY(
        without->rows.back().lane(LaneKind::States).height() > layout()->rows.back().lane(LaneKind::States).height());
}

void TestTimelineGuests::endOfTheGuestsTraceIsMarked()
{
    GuestTrace cut = m_recording->guests[0];
    auto recording = std::make_shared<Recording>(*m_recording);
    recording->guests[0].range.to = recording->guests[0].range.from + 12'000;
    m_recording = recording;
    const auto shown = layout();
    QCOMPARE(shown->guests[6].tid, 0); // the run at 12 µs begins just when the trace ends
    QCOMPARE(shown->guests.back().tid, kNoThread);
}

void TestTimelineGuests::misfitsAreMarked()
{
    QVERIFY(layout()->misfits.empty());
    const auto shown = layout({{m_recording->guests[0].path, {MapSource::Found, 1000}}});
    QCOMPARE(shown->misfits.size(), std::size_t(10));
    QVERIFY(std::abs(shown->misfits[0].left() - shown->scale.timeToPx(kMadeBegin + 1500)) <= 1);
    QVERIFY(shown->rows[0].isVm() && shown->rows[0].rect.contains(shown->misfits[0].center()));
}

void TestTimelineGuests::shiftMovesTheRow()
{
    const auto before = layout();
    const auto after = layout({{m_recording->guests[0].path, {MapSource::Found, 6000}}});
    QCOMPARE(before->guests[5].tid, 0);
    QCOMPARE(after->guests[5].tid, 7); // 7 runs for 6 µs more
    QCOMPARE(after->guests[0].tid, kNoThread); // before the guest's trace
}

void TestTimelineGuests::toolTipNamesWhomTheExitInterrupted()
{
    const auto shown = layout();
    QVERIFY2(toolTip(*shown, 3'500).contains(QStringLiteral("interrupted: <b>storm (tid 7)</b>")),
        qPrintable(toolTip(*shown, 3'500)));
    QVERIFY(toolTip(*shown, 2'500).contains(QStringLiteral("guest thread: <b>storm (tid 7)</b>")));
    QVERIFY(toolTip(*shown, 13'500).contains(QStringLiteral("interrupted: <b>swapper/0 (tid 0)</b>")));
    ChartInput without = input();
    without.guests = nullptr;
    const auto plain = buildTimeline(*m_plot, without, {600, 300});
    QVERIFY(!toolTip(*plain, 3'500).contains(QStringLiteral("interrupted")));
}

void TestTimelineGuests::detailsNameTheThread()
{
    const ShownGuests guests = showGuests(makeGuestMaps(m_recording), {});
    const auto facts = exitFacts(*m_recording, {VcpuKey{{0, 0}, 0}, 1}, boundsOf(*m_recording), &guests);
    const auto thread = std::ranges::find(facts, QStringLiteral("Guest thread"), &ExitFact::name);
    QVERIFY(thread != facts.end());
    QCOMPARE(thread->value, QStringLiteral("storm (tid 7)"));
}

// The map is sure to ± 100 ns: within them of a switch nobody can say who ran.
void TestTimelineGuests::nearSwitchesBothAreNamed()
{
    const ShownGuests guests = showGuests(makeGuestMaps(m_recording), {});
    const auto at = [&](Ns t) { return guestThreadAt(guests, {{0, 0}, 0}, kMadeBegin + t); };
    QCOMPARE(at(9'000), QStringLiteral("storm (tid 7)"));
    QVERIFY2(at(9'950).startsWith(QStringLiteral("storm (tid 7) or swapper/0 (tid 0)")), qPrintable(at(9'950)));
    QVERIFY(at(9'950).contains(QStringLiteral("100 ns")));
    QVERIFY(at(10'050).startsWith(QStringLiteral("swapper/0 (tid 0) or storm (tid 7)")));
}

void TestTimelineGuests::picturesHaveTheThreadsColours()
{
    const Theme theme = Theme::light();
    const auto shown = layout({{m_recording->guests[0].path, {MapSource::Found, 1000}}});
    const QImage image = m_plot->toPixmap(600, 300, 1).toImage();
    const QRectF &misfit = shown->misfits[3];
    QCOMPARE(image.pixel(int(misfit.left()), int(misfit.center().y())), theme.error().rgb());
    const auto storm = std::ranges::find(shown->guests, 7, &GuestRect::tid);
    QCOMPARE(image.pixel(storm->rect.center().toPoint()), theme.guestThread(7).rgb());
    QVERIFY(theme.guestThread(7) != theme.guestThread(8) && theme.guestThread(0) != theme.guestThread(8));
}

void TestTimelineGuests::factsTellHowSureItIs()
{
    const auto texts = [&](const ClockChoices &choices) {
        QStringList all;
        for (const ClockFact &fact :
            clockFacts(showGuests(makeGuestMaps(m_recording), choices).guests[0], *m_recording)) {
            all << QString(fact.name % QStringLiteral(": ") % fact.text);
            if (fact.meaning.size() < 10)
                all << QStringLiteral("undefined");
        }
        return all.join(QLatin1Char('\n'));
    };
    const QString found = texts({});
    QVERIFY2(found.contains(QStringLiteral("Uncertainty: \u00b1 100 ns")), qPrintable(found));
    QVERIFY(found.contains(QStringLiteral("Offset: +0.500000000 s")));
    QVERIFY(found.contains(QStringLiteral("Events in guest mode: 100.0 % (10 of 10)")));
    QVERIFY(found.contains(QStringLiteral("Method: containment")));
    QVERIFY(!found.contains(QStringLiteral("undefined")));
    const QString moved = texts({{m_recording->guests[0].path, {MapSource::Found, 1000}}});
    QVERIFY(moved.contains(QStringLiteral("shifted by hand by 1.00 µs")));
    QVERIFY(moved.contains(QStringLiteral("Events in guest mode: 0.0 % (0 of 10)")));
    QVERIFY(clockSummary(showGuests(makeGuestMaps(m_recording), {})).contains(QStringLiteral("\u00b1 100 ns")));
}

// What it means for the user that several regions of maps fit, or that all do.
void TestTimelineGuests::factsTellOfSeveralMaps()
{
    GuestMaps maps = makeGuestMaps(m_recording);
    GuestAlignment &found = maps.found.guests[0];
    const auto fact = [&](const char *name) {
        for (const ClockFact &one : clockFacts(showGuests(maps, {}).guests[0], *m_recording))
            if (one.name == QLatin1String(name))
                return one;
        return ClockFact{};
    };
    QCOMPARE(fact("Verdict").text, QStringLiteral("aligned"));
    QVERIFY(fact("Uncertainty").meaning.contains(QStringLiteral("spans all maps that fit as well")));
    const LineRegion region{found.map.pieces().front(), 0, true};
    found.regions = {LineRegions{{region, region}, true}};
    QCOMPARE(
        fact("Verdict").text, QStringLiteral("aligned, with several maps that fit as well within the uncertainty"));
    found.verdict = SyncVerdict::Ambiguous;
    QVERIFY(fact("Verdict").text.startsWith(QStringLiteral("ambiguous: other maps within the uncertainty")));
    found = {};
    found.verdict = SyncVerdict::Unknown;
    QCOMPARE(fact("Verdict").text, QStringLiteral("not known: the search took too long and was ended"));
    found.neverRests = true;
    QCOMPARE(
        fact("Verdict").text, QStringLiteral("not known: its VM leaves guest mode at one interval and never rests"));
}

QTEST_MAIN(TestTimelineGuests)
#include "tst_timeline_guests.moc"
