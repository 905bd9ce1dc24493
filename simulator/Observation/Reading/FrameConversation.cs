namespace MizarLab.Observation.Reading;

/// <summary>What a frame is part of, the same in both directions: two ends, each an address and a port (0 where there is none), the lesser first, and the protocol.</summary>
public readonly record struct FrameConversation(long One, long Other, long Protocol)
{
    /// <summary>Of a journey's first frame, in a tunnel or not; frames that are neither IPv4 nor ARP are one conversation of all.</summary>
    public static FrameConversation Of(Journey journey)
    {
        FrameFacts facts = FrameFacts.ReadFirst(journey);
        long source = End(facts.Source.Value, facts.SourcePort), destination = End(facts.Destination.Value, facts.DestinationPort);
        return new FrameConversation(Math.Min(source, destination), Math.Max(source, destination), (long)facts.Protocol);

        static long End(uint address, int port) => ((long)address << 16) | (uint)Math.Max(port, 0);
    }
}
