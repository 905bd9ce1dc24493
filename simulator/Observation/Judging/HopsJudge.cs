using MizarLab.Observation.Reading;
using MizarLab.Overlay;

namespace MizarLab.Observation.Judging;

internal sealed class HopsJudge : ExpectationJudge<HopsExpectation>
{
    protected override Finding Evaluate(HopsExpectation expectation, Evidence evidence) =>
        NthFrame.Evaluate(evidence, expectation.From, expectation.To, expectation.Step, expectation.Nth, frame =>
        {
            int segments = Math.Max(0, frame.Hops.Length - 1);
            bool held = frame.End == JourneyEnd.Delivered && segments == expectation.Hops;
            string wanted = held ? "" : $", not delivered over {expectation.Hops}";
            return new Finding(held, $"crossed {Words.Count(segments, "underlay segment")}, {evidence.PathText(frame)}, {evidence.EndOf(frame)}{wanted}");
        });
}
