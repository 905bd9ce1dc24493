using MizarLab.Observation.Reading;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Observation.Judging;

internal sealed class FunctionSeesJudge : ExpectationJudge<FunctionSeesExpectation>
{
    /// <summary>Ethernet, IPv4, UDP and Geneve of the underlay: what no program on the endpoint's droplet may have touched.</summary>
    private const int OuterBytes = 50;

    protected override Finding Evaluate(FunctionSeesExpectation expectation, Evidence evidence)
    {
        Topology topology = evidence.Topology;
        string name = topology.NameOf(expectation.At), subject = $"what reached {name}'s function{Evidence.InStep(expectation.Step)}";
        Vni own = topology.VniOf(expectation.At);
        int count = 0;
        foreach (Journey journey in evidence.JourneysOf(expectation.Step).Where(journey => journey.DeliveredTo == expectation.At))
        {
            int inner = FrameFacts.InnerOffset(journey.Last);
            if (inner < 0)
            {
                return Finding.Not($"{subject}: a frame came without its tunnel, by {evidence.PathText(journey)}");
            }
            Vni vni = FrameFacts.VniOf(journey.Last);
            if (vni != own)
            {
                return Finding.Not($"{subject}: a frame came under VNI {vni.Value}, and its VPC's is {own.Value}");
            }
            if (!IsAsItCame(journey))
            {
                return Finding.Not($"{subject}: a frame's outer headers were changed on {name}'s own droplet");
            }
            count += expectation.Protocol == InnerProtocol.Any || FrameFacts.Read(journey.Last.AsSpan(inner)).Protocol == expectation.Protocol ? 1 : 0;
        }
        bool held = expectation.Count is int wanted ? count == wanted : count > 0;
        string what = $"{Words.Count(count, expectation.Protocol == InnerProtocol.Any ? "frame" : $"{expectation.Protocol.ToString().ToUpperInvariant()} frame")} in Geneve under VNI {own.Value}";
        return new Finding(held, $"{subject}: {what}{(held ? "" : expectation.Count is int exactly ? $", not {exactly}" : ", not one or more")}");
    }

    /// <summary>Off the wire and to the interface with the same outer headers. What a neighbour's agent sent was in no tunnel before.</summary>
    private static bool IsAsItCame(Journey journey)
    {
        Sighting last = journey.Hops[^1].Run;
        return last.Program != DataPlane.ProgramId.Transit || last.FrameIn.AsSpan(0, OuterBytes).SequenceEqual(last.FrameOut.AsSpan(0, OuterBytes));
    }
}
