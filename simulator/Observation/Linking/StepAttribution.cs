using System.Collections.Immutable;
using MizarLab.Engine;
using MizarLab.Management;
using MizarLab.Observation.Reading;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Observation.Linking;

/// <summary>
/// Which timeline step a journey belongs to. What it carries decides first: a crafted frame by its bytes, TCP and UDP by addresses and port, ICMP by
/// addresses, ARP by who asks; so frames of a background stream stay with it. Time chooses among several such steps, and alone where none
/// is: the step whose window holds the beginning, foreground before background, the later before the earlier; else the one nearest to it.
/// </summary>
internal sealed class StepAttribution
{
    private readonly ImmutableArray<Window> windows;
    private readonly SimTime skew;

    public StepAttribution(Plan plan, BackendRun run)
    {
        skew = run.Traits.Live ? SightingLinker.LiveSkew : SimTime.Zero;
        windows = [.. run.Outcomes
            .Where(outcome => outcome.Step >= 0 && outcome.Step < plan.Scenario.Timeline.Length)
            .Select(outcome => new Window(outcome, StepContent.Of(plan.Scenario, plan.Scenario.Timeline[outcome.Step])))];
    }

    /// <returns>The step's index, or −1; and whether the lab crafted the frame.</returns>
    public (int Step, bool Crafted) Find(EndpointId? origin, ReadOnlySpan<byte> first, in FrameFacts facts, SimTime began)
    {
        Best crafted = Best.None;
        Best carried = Best.None;
        Best timed = Best.None;
        foreach (Window window in windows)
        {
            if (Distance(window.Outcome, began) is not SimTime distance)
            {
                continue;
            }
            Best candidate = new(window.Outcome.Step, distance, window.Content.Background, window.Outcome.Began);
            timed = timed.Or(candidate);
            if (origin is EndpointId sender && window.Content.IsCrafted(sender, first))
            {
                crafted = crafted.Or(candidate);
            }
            if (window.Content.Carries(origin, facts))
            {
                carried = carried.Or(candidate);
            }
        }
        return crafted.Step >= 0 ? (crafted.Step, true) : (carried.Step >= 0 ? carried.Step : timed.Step, false);
    }

    /// <summary>How far outside the step's window; null when clearly before it.</summary>
    private SimTime? Distance(StepOutcome outcome, SimTime began)
    {
        if (began < outcome.Began)
        {
            SimTime early = outcome.Began - began;
            return early <= skew ? early : null;
        }
        return began <= outcome.Ended ? SimTime.Zero : began - outcome.Ended;
    }

    private readonly record struct Window(StepOutcome Outcome, StepContent Content);

    private readonly record struct Best(int Step, SimTime Distance, bool Background, SimTime Began)
    {
        public static readonly Best None = new(-1, SimTime.Never, true, SimTime.Zero);

        public Best Or(Best other)
        {
            int order = Distance.CompareTo(other.Distance);
            if (order == 0)
            {
                order = Background.CompareTo(other.Background);
            }
            if (order == 0)
            {
                order = other.Began.CompareTo(Began);
            }
            return order <= 0 && Step >= 0 ? this : other;
        }
    }
}
