namespace MizarLab.Harness.Conformance;

/// <summary>A vector file that is not one. The message names the file, the element and what is wrong with it; it is for the user.</summary>
public sealed class VectorException : Exception
{
    public VectorException(string message)
        : base(message)
    {
    }

    public VectorException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
