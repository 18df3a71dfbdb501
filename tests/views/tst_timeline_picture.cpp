// SPDX-License-Identifier: GPL-3.0-or-later
#include <QBuffer>
#include <QElapsedTimer>
#include <QSvgGenerator>
#include <QTest>

#include "model/load/load.h"
#include "tests/views/made_recording.h"
#include "views/chart/custom_plot.h"
#include "views/overview/overview_chart.h"
#include "views/timeline/timeline_chart.h"

using namespace exitscope;
using namespace exitscope::testing;

class TestTimelinePicture : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void stormIsAMixedBlock_data();
    void stormIsAMixedBlock();
    void marksHaveTheirReasonsColour();
    void restOfASelectedRangeFades();
    void svgHasTextAndStaysSmall_data();
    void svgHasTextAndStaysSmall();
    void anotherSizeIsLaidOutAnew();
    void paintingAMillionIntervals();

private:
    ChartInput input(const Theme &theme = Theme::light()) const;
    TimeRange storm() const; // of cpuid exits on the vCPU that has most of them
    static QByteArray svgOf(QCustomPlot &plot, QSize size);

    std::shared_ptr<const Recording> m_recording;
    std::size_t m_stormRow = 0;
};

void TestTimelinePicture::initTestCase()
{
    LoadOptions options;
    options.readerProgram = QStringLiteral(EXITSCOPE_BINARY_DIR "/exitscope-reader");
    m_recording = std::make_shared<const Recording>(
        loadRecording({QStringLiteral(EXITSCOPE_SOURCE_DIR "/resources/sample/host")}, options));
    QCOMPARE(m_recording->hosts.size(), std::size_t(1));
}

ChartInput TestTimelinePicture::input(const Theme &theme) const
{
    ViewValues values;
    values.visible = boundsOf(*m_recording);
    return {m_recording, std::make_shared<const Numbers>(), values, theme};
}

// The sample's vCPU 1 asks for processor features around 3 s.
TimeRange TestTimelinePicture::storm() const
{
    const Ns begin = boundsOf(*m_recording).from;
    return {begin + 2'900'000'000, begin + 3'000'000'000};
}

QByteArray TestTimelinePicture::svgOf(QCustomPlot &plot, QSize size)
{
    QBuffer buffer;
    QSvgGenerator generator;
    generator.setOutputDevice(&buffer);
    generator.setSize(size);
    generator.setViewBox(QRect(QPoint(), size));
    QCPPainter painter;
    painter.begin(&generator);
    painter.setMode(QCPPainter::pmVectorized);
    plot.toPainter(&painter, size.width(), size.height());
    painter.end();
    return buffer.data();
}

void TestTimelinePicture::stormIsAMixedBlock_data()
{
    QTest::addColumn<bool>("dark");
    QTest::addColumn<double>("scale");
    QTest::newRow("light") << false << 1.0;
    QTest::newRow("dark") << true << 1.0;
    QTest::newRow("light, twice as fine") << false << 2.0;
}

void TestTimelinePicture::stormIsAMixedBlock()
{
    QFETCH(bool, dark);
    QFETCH(double, scale);
    const Theme theme = dark ? Theme::dark() : Theme::light();
    const QSize size(1200, 300);
    QCustomPlot plot;
    const auto layout = buildTimeline(plot, input(theme), size);
    const QImage image = plot.toPixmap(size.width(), size.height(), scale).toImage();
    QCOMPARE(image.size(), size * scale);
    const TimelineRow &row = layout->rows.back();
    const int first = int(layout->scale.timeToPx(storm().from));
    const int last = int(layout->scale.timeToPx(storm().to));
    QVERIFY(last - first > 20);
    for (int x = first; x < last; ++x) {
        int guest = 0;
        int kvm = 0;
        for (int y = int(row.lane(LaneKind::States).top()); y < int(row.lane(LaneKind::States).bottom()); ++y) {
            const QColor color = image.pixelColor(int(x * scale), int(y * scale));
            guest += color == theme.state(VcpuState::Guest);
            kvm += color == theme.state(VcpuState::Kvm);
        }
        QVERIFY2(guest > 0.2 * row.lane(LaneKind::States).height(), qPrintable(QString::number(x)));
        QVERIFY2(kvm > 0.2 * row.lane(LaneKind::States).height(), qPrintable(QString::number(x)));
    }
}

void TestTimelinePicture::marksHaveTheirReasonsColour()
{
    QCustomPlot plot;
    const QSize size(1200, 300);
    const auto layout = buildTimeline(plot, input(), size);
    const QImage image = plot.toPixmap(size.width(), size.height(), 1).toImage();
    const QRgb cpuid = Theme::light().reason(exitReason(kCpuid)).rgb();
    const TimelineRow &row = layout->rows.back();
    const int last = int(layout->scale.timeToPx(storm().to));
    for (int x = int(layout->scale.timeToPx(storm().from)); x < last; ++x)
        QCOMPARE(image.pixel(x, int(row.lane(LaneKind::Marks).bottom()) - 1), cpuid);
}

void TestTimelinePicture::restOfASelectedRangeFades()
{
    QCustomPlot plot;
    const QSize size(1200, 300);
    ChartInput with = input();
    const auto plain = buildTimeline(plot, with, size);
    const QImage before = plot.toPixmap(size.width(), size.height(), 1).toImage();
    with.values.selected = storm();
    const auto layout = buildTimeline(plot, with, size);
    const QImage after = plot.toPixmap(size.width(), size.height(), 1).toImage();
    const QPoint inside = layout->selected.center().toPoint();
    QCOMPARE(before.pixel(inside), after.pixel(inside)); // the colours of the legend
    for (const QPoint outside :
        {QPoint(int(layout->selected.left()) - 20, inside.y()), QPoint(int(layout->selected.right()) + 20, inside.y())})
        QVERIFY(after.pixelColor(outside).lightness() > before.pixelColor(outside).lightness());
    QCOMPARE(after.pixelColor(int(layout->selected.left()), inside.y()), Theme::light().accent());
}

void TestTimelinePicture::svgHasTextAndStaysSmall_data()
{
    QTest::addColumn<int>("permille");
    QTest::newRow("all") << 1000;
    QTest::newRow("a tenth") << 100;
    QTest::newRow("a hundredth") << 10;
}

void TestTimelinePicture::svgHasTextAndStaysSmall()
{
    QFETCH(int, permille);
    const QSize size(1600, 600);
    QCustomPlot plot;
    ChartInput with = input();
    const Ns length = boundsOf(*m_recording).length() * permille / 1000;
    with.values.visible = permille == 1000 ? boundsOf(*m_recording) : TimeRange{storm().from, storm().from + length};
    buildTimeline(plot, with, size, {.pcpus = true});
    const QByteArray svg = svgOf(plot, size);
    QVERIFY2(svg.size() <= 2 * 1024 * 1024, qPrintable(QString::number(svg.size())));
    QVERIFY(!svg.contains("<image"));
    for (const char *text : {">cpuid</text>", ">hlt</text>", ">Guest</text>", ">vCPU 1</text>"})
        QVERIFY2(svg.contains(text), text);
    for (const VcpuState state : {VcpuState::Guest, VcpuState::Kvm})
        QVERIFY(svg.contains(Theme::light().state(state).name().toLatin1()));

    drawOverview(plot, layoutOverview(with, size), size, with.theme);
    const QByteArray overview = svgOf(plot, size);
    QVERIFY(overview.size() <= 2 * 1024 * 1024);
    QVERIFY(overview.contains(">cpuid</text>"));
    QVERIFY(overview.contains(Theme::light().reason(exitReason(kCpuid)).name().toLatin1()));
}

void TestTimelinePicture::anotherSizeIsLaidOutAnew()
{
    QCustomPlot plot;
    const auto small = buildTimeline(plot, input(), {400, 200});
    const auto large = buildTimeline(plot, input(), {2400, 900});
    QCOMPARE(small->rows.back().labelArea.width(), large->rows.back().labelArea.width()); // text is not scaled
    QVERIFY(large->ticks.at.size() > 2 * small->ticks.at.size());
    QVERIFY(large->states.size() > 2 * small->states.size());
}

void TestTimelinePicture::paintingAMillionIntervals()
{
    const MadeVcpu storm{
        .run = 3000, .jitter = 4000, .exit = 2000, .count = 400'000, .end = kMadeBegin + 3'500'000'000};
    const auto recording = makeRecording({{storm, storm}}); // a million intervals each
    ExitIndexCache indexes;
    indexes.update(recording, {});
    ViewValues values;
    values.visible = boundsOf(*recording);
    const ChartInput with{recording, std::make_shared<const Numbers>(), values, Theme::light(), nullptr, indexes};
    QCustomPlot plot;
    const QSize size(2000, 300);
    std::vector<double> times;
    for (int i = 0; i < 15; ++i) {
        QElapsedTimer timer;
        timer.start();
        const auto layout = buildTimeline(plot, with, size);
        const QPixmap picture = plot.toPixmap(size.width(), size.height(), 1);
        times.push_back(double(timer.nsecsElapsed()) / 1e6);
        QVERIFY(layout->states.size() > 1000);
        QCOMPARE(picture.size(), size);
    }
    std::ranges::sort(times);
    qInfo("timeline of 2 vCPUs with 1,000,000 intervals each at 2,000 px: median %.1f ms", times[times.size() / 2]);
}

QTEST_MAIN(TestTimelinePicture)
#include "tst_timeline_picture.moc"
