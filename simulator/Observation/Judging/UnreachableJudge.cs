using System.Collections.Immutable;
using MizarLab.Observation.Reading;
using MizarLab.Overlay;

namespace MizarLab.Observation.Judging;

internal sealed class UnreachableJudge : ExpectationJudge<UnreachableExpectation>
{
    protected override Finding Evaluate(UnreachableExpectation expectation, Evidence evidence)
    {
        string way = evidence.Way(expectation.From, expectation.To, expectation.Step);
        ImmutableArray<Exchange> exchanges = evidence.Exchanges(expectation.From, expectation.To, expectation.Step);
        if (exchanges.IsEmpty)
        {
            return Finding.Not($"{way}: the timeline has no such exchange, so nothing was tried");
        }
        foreach (Exchange exchange in exchanges)
        {
            if (!exchange.Tried)
            {
                return Finding.Not($"{way}: nothing was sent; {exchange.Text}");
            }
            if (exchange.Arrived)
            {
                return Finding.Not($"{way}: {exchange.Text}");
            }
            ImmutableArray<Journey> frames = evidence.Frames(expectation.From, expectation.To, exchange.Step.Name);
            if (frames.FirstOrDefault(frame => frame.End == JourneyEnd.Delivered && frame.DeliveredTo != expectation.From) is Journey delivered)
            {
                return Finding.Not($"{way}: {exchange.Text}, yet a frame was {evidence.EndOf(delivered)} by {evidence.PathText(delivered)}");
            }
        }
        return new Finding(true, $"{way}: nothing arrived; {string.Join("; ", exchanges.Select(exchange => exchange.Text))}; {Ends(evidence, expectation)}");
    }

    private static string Ends(Evidence evidence, UnreachableExpectation expectation)
    {
        ImmutableArray<Journey> frames = evidence.Frames(expectation.From, expectation.To, expectation.Step);
        return frames.IsEmpty ? "no IP frame left the endpoint" : $"{Words.Count(frames.Length, "frame")}, the first {evidence.EndOf(frames[0])}";
    }
}
