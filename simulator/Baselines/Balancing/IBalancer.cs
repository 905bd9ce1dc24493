namespace MizarLab.Baselines;

/// <summary>
/// A load balancer that every packet of a service's connections passes, beside Mizar, whose hosts take connections straight to the backend once it was picked (spec 12 §4.3). Backends are numbers; connections are
/// told apart by a number too, in place of their five-tuple.
/// </summary>
public interface IBalancer
{
    /// <summary>Whom a packet of a connection goes to.</summary>
    /// <param name="cookie">What the connection's packets carry back to the balancer since its first answer; null before.</param>
    int Pick(int connection, ref ushort? cookie);

    /// <summary>The backends are these from now on. The balancer is told at once.</summary>
    void Change(ReadOnlySpan<int> backends);

    /// <summary>Another instance takes over, which has the list of backends and nothing that was learned.</summary>
    void Forget();

    /// <summary>Rows that remember connections.</summary>
    int Rows { get; }
}
