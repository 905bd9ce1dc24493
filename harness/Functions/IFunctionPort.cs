namespace MizarLab.Harness.Functions;

/// <summary>An interface as a user-space function has it: every frame that reaches it, and frames out, as they are. Of one thread.</summary>
internal interface IFunctionPort : IDisposable
{
    /// <summary>Whether frames of this port pass no tap on the interface, so that who uses it must tell what it saw.</summary>
    bool PassesTaps { get; }

    /// <summary>Frames that reached the interface and found no room, since it was opened.</summary>
    long Lost { get; }

    /// <summary>Waits until a frame may be there, or so long.</summary>
    void Wait(int milliseconds);

    /// <summary>Takes the next frame that reached the interface.</summary>
    /// <param name="buffer">Room for the longest.</param>
    /// <returns>Its bytes; 0: none waits.</returns>
    /// <exception cref="Backends.HarnessException">The kernel refused.</exception>
    int Receive(Span<byte> buffer);

    /// <summary>Sends a frame.</summary>
    /// <returns>False when the kernel did not take it: it is lost, as on a wire.</returns>
    bool Send(ReadOnlySpan<byte> frame);
}
