// The Versity S3 Gateway over a folder, with one user, set by the variables of its own command. What that can do besides
// takes most of the time of a build.
package main

import (
	"fmt"
	"log"
	"os"

	"github.com/versity/versitygw/auth"
	"github.com/versity/versitygw/backend/meta"
	"github.com/versity/versitygw/backend/posix"
	"github.com/versity/versitygw/s3api"
	"github.com/versity/versitygw/s3api/middlewares"
)

const version = "v1.8.0"

func serve() error {
	user := middlewares.RootUserConfig{
		Access: os.Getenv("ROOT_ACCESS_KEY_ID"),
		Secret: os.Getenv("ROOT_SECRET_ACCESS_KEY"),
	}
	files, err := posix.New(os.Getenv("VGW_BACKEND_ARG"), meta.XattrMeta{}, posix.PosixOpts{})
	if err != nil {
		return err
	}
	users := auth.NewIAMServiceSingle(auth.Account{Access: user.Access, Secret: user.Secret, Role: auth.RoleAdmin})
	server, err := s3api.New(files, user, os.Getenv("VGW_REGION"), users, nil, nil, nil, nil,
		s3api.WithQuiet(), s3api.WithKeepAlive(), s3api.WithHealth(os.Getenv("VGW_HEALTH")),
		s3api.WithHostStyle(os.Getenv("VGW_VIRTUAL_DOMAIN")), s3api.WithConcurrencyLimiter(4096, 4096))
	if err != nil {
		return err
	}
	return server.ServeMultiPort([]string{os.Getenv("VGW_PORT")})
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == "--version" {
		fmt.Println("Version  :", version)
		return
	}
	log.Fatal(serve())
}
