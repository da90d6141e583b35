// github.com/mrjones/oauth as a client of the sandbox: the whole flow, in the header.
// Arguments: the URLs of the request token, the page, the access token and the resource; the consumer's key and secret;
// the HTTP method of the token calls.
// Prints the authorization URL, reads the verifier, prints what the resource says.
package main

import (
	"bufio"
	"fmt"
	"io"
	"log"
	"os"
	"strings"

	"github.com/mrjones/oauth"
)

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

func main() {
	args := os.Args[1:]
	consumer := oauth.NewConsumer(args[4], args[5], oauth.ServiceProvider{
		RequestTokenUrl:   args[0],
		AuthorizeTokenUrl: args[1],
		AccessTokenUrl:    args[2],
		HttpMethod:        args[6],
	})
	issued, page, err := consumer.GetRequestTokenAndUrl("oob")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(page)
	verifier := must(bufio.NewReader(os.Stdin).ReadString('\n'))
	token := must(consumer.AuthorizeToken(issued, strings.TrimSpace(verifier)))
	client := must(consumer.MakeHttpClient(token))
	reply := must(client.Get(args[3]))
	defer reply.Body.Close()
	body := must(io.ReadAll(reply.Body))
	fmt.Println(strings.ReplaceAll(string(body), "\n", " "))
}
