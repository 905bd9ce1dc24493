namespace MizarLab.Engine;

/// <summary>
/// Is told of events shortly before they happen, in the thread of their partition, and asks for the memory they will need
/// (<see cref="System.Runtime.Intrinsics.X86.Sse.Prefetch0"/>). In a large simulation every event meets a frame and a node nobody touched for
/// thousands of events; waiting for one after the other is most of the time there, asking ahead makes them come together.
/// </summary>
/// <remarks>
/// Two stages, because what an event names names more: a frame can be asked for at <see cref="Soon"/>, and at <see cref="Next"/> its addresses can be
/// read and the table rows they lead to asked for. It must change nothing, and rely on nothing: not every event is told, other events
/// come between, and the subject is what its store holds now.
/// </remarks>
public interface IForesight
{
    /// <summary>How many events before its own <see cref="Soon"/> is told of an event.</summary>
    const int SoonEvents = 8;

    /// <summary>How many events before its own <see cref="Next"/> is told of an event.</summary>
    const int NextEvents = 4;

    /// <summary>Ask for what the event names.</summary>
    void Soon(in SimEvent coming);

    /// <summary>Ask for what that names in turn.</summary>
    void Next(in SimEvent coming);
}
