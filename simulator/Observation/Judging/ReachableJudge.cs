using System.Collections.Immutable;
using MizarLab.Overlay;

namespace MizarLab.Observation.Judging;

internal sealed class ReachableJudge : ExpectationJudge<ReachableExpectation>
{
    protected override Finding Evaluate(ReachableExpectation expectation, Evidence evidence)
    {
        string way = evidence.Way(expectation.From, expectation.To, expectation.Step);
        ImmutableArray<Exchange> exchanges = evidence.Exchanges(expectation.From, expectation.To, expectation.Step);
        if (exchanges.IsEmpty)
        {
            return Finding.Not($"{way}: the timeline has no such exchange, so nothing was seen");
        }
        foreach (Exchange exchange in exchanges)
        {
            if (!exchange.Complete)
            {
                return Finding.Not($"{way}: {exchange.Text}");
            }
            // Sockets and taps are different witnesses; both must have seen it.
            if (!evidence.Frames(expectation.From, expectation.To, exchange.Step.Name).Any(frame => frame.End == JourneyEnd.Delivered))
            {
                return Finding.Not($"{way}: {exchange.Text}, yet no frame was seen to arrive at the endpoint: the observation is incomplete");
            }
        }
        return new Finding(true, $"{way}: {string.Join("; ", exchanges.Select(exchange => exchange.Text))}");
    }
}
